"use strict";

/* Own data: files are chosen or dropped, read by the server on this machine, and listed. */
(function () {
  const MOST = 4; // files on the page at once
  const SHAPES = ["●", "■", "◆", "▲"];
  let files = []; // {token, name, lines} as the server tells them
  let last = null; // the file that was given last, for another try with other statements

  /* What is stated of a file, as the fields have it when the file is given. */
  const value = (id) => document.getElementById(id)?.value || "";
  const form = () => document.querySelector("#data-form input:checked")?.value || "cycler";
  const stated = () => ({ form: form(), mass: value("data-mass"), rate: value("data-rate"), area: value("data-area") });

  function complain(line) {
    const place = document.getElementById("data-error");
    place.textContent = line;
    place.hidden = !line;
  }

  function publish() {
    const sent = files.map(({ token, name }) => ({ token, name }));
    window.dash_clientside.set_props("measured", { data: sent });
  }

  async function give(file) {
    if (!file) return;
    last = file;
    complain("");
    if (files.length >= MOST) {
      complain(`There are ${MOST} files already; remove one.`);
      return;
    }
    const words = new URLSearchParams({ name: file.name, ...stated() });
    const box = document.getElementById("drop");
    box.dataset.busy = "true";
    try {
      const answer = await fetch(`measured?${words}`, { method: "POST", body: file });
      const told = answer.headers.get("content-type")?.includes("json") ? await answer.json() : null;
      if (answer.status === 413) complain(`${file.name}: is larger than 60 MB; leave out what is not needed`);
      else if (!answer.ok || !told || told.error) complain(told?.error || `${file.name}: was not taken (${answer.status})`);
      else {
        files = [...files.filter((each) => each.token !== told.token), told];
        list();
        publish();
      }
    } catch {
      complain("The server does not answer; start coreshell explore again and load this page anew.");
    } finally {
      box.dataset.busy = "false";
    }
  }

  /* One after the other, so that they keep their order. */
  async function giveAll(chosen) {
    for (const file of [...chosen]) await give(file);
  }

  function list() {
    const place = document.getElementById("data-list");
    place.replaceChildren(
      ...files.map((file, index) => {
        const item = document.createElement("div");
        item.className = "datum";
        const head = document.createElement("p");
        const name = document.createElement("strong");
        name.textContent = `${SHAPES[index]} ${file.name}`;
        const away = document.createElement("button");
        away.type = "button";
        away.className = "small";
        away.textContent = "Remove";
        away.setAttribute("aria-label", `Remove ${file.name}`);
        away.addEventListener("click", () => {
          files = files.filter((each) => each.token !== file.token);
          list();
          publish();
        });
        head.append(name, " ", away);
        item.append(head);
        const lines = file.lines || [];
        if (lines.length) {
          const more = document.createElement("details");
          const title = document.createElement("summary");
          title.textContent = "What was read";
          more.append(title, ...lines.map((line) => Object.assign(document.createElement("p"), { className: "hint", textContent: line })));
          item.append(more);
        }
        return item;
      }),
    );
  }

  function build() {
    const box = document.getElementById("drop");
    const input = document.createElement("input");
    input.type = "file";
    input.multiple = true;
    input.id = "data-file";
    const label = document.createElement("label");
    label.htmlFor = input.id;
    label.textContent = "Choose files, or drop them here";
    const again = document.createElement("button");
    again.type = "button";
    again.className = "small";
    again.textContent = "Read it again with what is stated now";
    again.addEventListener("click", () => give(last));
    input.addEventListener("change", () => {
      giveAll(input.files);
      input.value = "";
    });
    box.append(label, input, again);
    /* Anywhere on the page: a file that misses the box would otherwise open in its place. */
    window.addEventListener("dragover", (event) => event.preventDefault());
    window.addEventListener("drop", (event) => {
      event.preventDefault();
      giveAll(event.dataTransfer?.files || []);
    });
  }

  /* Files that a link names; the server has them, or says so. */
  function set(named) {
    files = named.map(({ token, name }) => ({ token, name }));
    list();
    publish();
  }

  window.coreshell = Object.assign(window.coreshell || {}, { setMeasured: set });

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    measured: {
      show: function () {
        if (!document.getElementById("data-file")) build();
      },
    },
  });
})();

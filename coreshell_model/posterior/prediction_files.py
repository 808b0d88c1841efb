"""A prediction as CSV, and its figure."""

from pathlib import Path

import pandas as pd

from coreshell_model.errors import InputError
from coreshell_model.figures.picture import save_picture
from coreshell_model.keeping import replace
from coreshell_model.posterior.predict import Prediction
from coreshell_model.posterior.prediction_picture import prediction_picture


def write_prediction(prediction: Prediction, folder: Path) -> None:
    """Bands, curve bands, every draw's results and a figure.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    bands = pd.DataFrame(
        {
            "Observable": one["Observable"],
            "Median": one["Median"],
            "68 % from": one["68 % interval"][0],
            "68 % to": one["68 % interval"][1],
            "95 % from": one["95 % interval"][0],
            "95 % to": one["95 % interval"][1],
            "Draws": one["Draws"],
            "Effective draws": one["Effective draws"],
            "Share of draws without it": one["Share of draws without it"],
        }
        for one in prediction.bands()
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replace(folder / "draws.csv", prediction.table().to_csv(index=False))
        replace(folder / "bands.csv", bands.to_csv(index=False))
    except OSError as error:
        raise InputError(
            f"{folder} cannot be written: {error.strerror or error}; choose another folder"
        ) from None
    save_picture(prediction_picture(prediction), folder / "curve_bands.png", (".pdf",))

"""One mechanism a file. Each reads and writes the model's ``variables`` by name and knows no other."""

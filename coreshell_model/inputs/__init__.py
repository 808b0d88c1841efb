"""What a user gives: materials, protocols and changes to their numbers; read, checked and frozen."""

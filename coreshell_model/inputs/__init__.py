"""What a user gives: materials, protocols, and numbers of them that are changed; read, checked and frozen."""

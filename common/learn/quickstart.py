def quickstart_problems(folder, say):
    return []

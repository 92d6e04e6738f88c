from pathlib import Path
def write_picture(path, figures, machine): pass

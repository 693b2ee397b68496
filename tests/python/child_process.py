"""What a child process runs: a spawned one must import it by a plain name."""

from multiprocessing.connection import Connection

import numpy as np

import typicality as ty
from typicality import _interruptible


def spectra(seed: int) -> np.ndarray:
    return ty.quantum.haar_schmidt_spectra(16, 64, size=50, rng=seed)


def send_spectra(connection: Connection, seed: int) -> None:
    connection.send(spectra(seed))


def send_eigenvalues(connection: Connection) -> None:
    _interruptible._LONG = 0.0
    connection.send(_interruptible.interruptible(np.linalg.eigvalsh, np.eye(3)).tolist())

"""The table of what a dataset holds: each variable declared once, and labeled from there.

Its entries are the variables' names, so that what measures, draws and judges names ``V.entropy``
where a slip of the pen in ``"entropy"`` would go unseen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, TypeAlias

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["KINDS", "Name", "Table", "Values", "coordinate", "estimate", "variable"]

KINDS: Final = frozenset(
    {
        "measured",  # from random draws or runs
        "stderr",  # standard error of a measured mean
        "interval",  # end of a confidence interval
        "quantile",  # of the measured values
        "exact",  # a formula that holds at this size
        "asymptotic",  # a formula that holds in a limit
        "bound",  # an inequality
        "fit",  # parameters fitted to measured values, or the fitted curve
        "reference",  # a number from elsewhere
        "setting",  # chosen, not measured: a size, a parameter count
    }
)
"""What `attrs["kind"]` of a variable may say."""

_DIMENSIONLESS = {
    "nat": "in nats (natural logarithm)",
    "coupling": "in units of the chain's coupling",
    "1/coupling": "in inverse units of the chain's coupling",
}
"""Units unknown to UDUNITS: stored as dimensionless, with a comment in words."""

Values: TypeAlias = dict[str, Any]
"""Arrays by the names of their variables; of an estimate, values and standard errors."""


class Name(str):
    """Name of a variable in a dataset, which knows what is declared of it.

    Parameters
    ----------
    name : str
        As in the dataset.
    dims : tuple of str
        Names of the dimensions.
    kind : str
        One of `KINDS`, or ``"coordinate"``.
    long_name, units : str
        What it is, and in which unit.
    has_error : bool
        Whether its standard error is a variable of its own.

    Examples
    --------
    >>> entropy = estimate("n_a", "mean entropy", "nat").named("entropy")
    >>> entropy, entropy.stderr, entropy.units
    ('entropy', 'entropy_stderr', 'nat')
    """

    dims: tuple[str, ...]
    kind: str
    long_name: str
    units: str
    has_error: bool

    def __new__(
        cls,
        name: str,
        *,
        dims: tuple[str, ...],
        kind: str,
        long_name: str,
        units: str,
        has_error: bool = False,
    ) -> Self:
        """Make text of it that remembers the rest."""
        made = super().__new__(cls, name)
        made.dims, made.kind, made.long_name, made.units = dims, kind, long_name, units
        made.has_error = has_error
        return made

    def named(self, name: str) -> Name:
        """Declare the same under a name."""
        return Name(
            name,
            dims=self.dims,
            kind=self.kind,
            long_name=self.long_name,
            units=self.units,
            has_error=self.has_error,
        )

    @property
    def stderr(self) -> Name:
        """Name of the standard error."""
        if not self.has_error:
            raise AttributeError(f"{self} is declared without a standard error.")
        return Name(
            f"{self}_stderr",
            dims=self.dims,
            kind="stderr",
            long_name=f"standard error of {self.long_name}",
            units=self.units,
        )

    def labeled(self, values: Any) -> dict[str, tuple[tuple[str, ...], Any, dict[str, str]]]:
        """Values, or values and standard errors, as `xarray.Dataset` takes them."""
        if self.has_error:
            values, errors = values
            return {str(self): self._variable(values)} | self.stderr.labeled(errors)
        return {str(self): self._variable(values)}

    def _variable(self, values: Any) -> tuple[tuple[str, ...], Any, dict[str, str]]:
        labels = {"units": self.units, "long_name": self.long_name}
        if self.units in _DIMENSIONLESS:
            labels |= {"units": "1", "comment": _DIMENSIONLESS[self.units]}
        if self.kind != "coordinate":
            labels["kind"] = self.kind
        return self.dims, values, labels

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        # An array is named after its variable: pickled or copied, the name is plain text.
        return str, (str(self),)


def variable(dims: str | tuple[str, ...], kind: str, long_name: str, units: str = "1") -> Name:
    """Declare a variable of a `Table`, whose attribute names it.

    Parameters
    ----------
    dims : str or tuple of str
        Names of the dimensions.
    kind : str
        One of `KINDS`.
    long_name, units : str
        What it is, and in which unit: of UDUNITS, or ``"nat"``, ``"coupling"`` or ``"1/coupling"``,
        which are stored as dimensionless, with a comment.

    Raises
    ------
    ValueError
        If the kind is unknown.
    """
    if kind not in KINDS:
        raise ValueError(f'kind="{kind}" must be one of {", ".join(sorted(KINDS))}.')
    return Name("", dims=_dimensions(dims), kind=kind, long_name=long_name, units=units)


def estimate(dims: str | tuple[str, ...], long_name: str, units: str = "1") -> Name:
    """Declare a measured variable of a `Table` together with its standard error.

    Parameters
    ----------
    dims, long_name, units
        As for `variable`.
    """
    return Name(
        "",
        dims=_dimensions(dims),
        kind="measured",
        long_name=long_name,
        units=units,
        has_error=True,
    )


def coordinate(dims: str | tuple[str, ...], long_name: str, units: str = "1") -> Name:
    """Declare a coordinate of a `Table`.

    Parameters
    ----------
    dims, long_name, units
        As for `variable`.
    """
    return Name("", dims=_dimensions(dims), kind="coordinate", long_name=long_name, units=units)


class Table:
    """What a dataset holds; a subclass declares each variable as an attribute of its name.

    Examples
    --------
    >>> class V(Table):
    ...     n_a = coordinate("n_a", "qubits in A")
    ...     entropy = estimate("n_a", "mean entropy", "nat")
    >>> data = V.label({V.n_a: [1, 2], V.entropy: ([0.6, 1.1], [0.01, 0.02])})
    >>> list(data), data[V.entropy].dims
    (['entropy', 'entropy_stderr'], ('n_a',))
    >>> V.label({V.n_a: [1, 2]})
    Traceback (most recent call last):
    ...
    ValueError: V declares entropy, which was not measured.
    """

    _declared: ClassVar[dict[str, Name]] = {}

    def __init_subclass__(cls) -> None:
        """Tell each declared variable its name."""
        found = {
            name: entry.named(name) for name, entry in vars(cls).items() if isinstance(entry, Name)
        }
        for name, entry in found.items():
            setattr(cls, name, entry)
        cls._declared = found

    @classmethod
    def declared(cls) -> dict[str, Name]:
        """Everything a dataset holds by name, standard errors included."""
        found: dict[str, Name] = {}
        for name, entry in cls._declared.items():
            found[name] = entry
            if entry.has_error:
                found[entry.stderr] = entry.stderr
        return found

    @classmethod
    def named(cls, name: str) -> Name:
        """Return the variable with a name that is put together, such as ``f"{route}_distance"``.

        Parameters
        ----------
        name : str
            Name of a declared variable.

        Returns
        -------
        Name

        Raises
        ------
        KeyError
            If none is declared.
        """
        if name not in cls._declared:
            raise KeyError(f"{cls.__name__} declares no variable {name}")
        return cls._declared[name]

    @classmethod
    def label(cls, values: Mapping[str, Any]) -> xr.Dataset:
        """Dataset of the values of all declared variables.

        Parameters
        ----------
        values : mapping
            Arrays by name, in the dataset's order; of an estimate, values and standard errors.

        Returns
        -------
        xarray.Dataset

        Raises
        ------
        ValueError
            If a declared variable is missing, or another one is there.
        """
        missing = [name for name in cls._declared if name not in values]
        if missing:
            raise ValueError(
                f"{cls.__name__} declares {', '.join(missing)}, which was not measured."
            )
        # Not at the top of the file: it takes longer than all the rest, and help needs no datasets.
        import xarray as xr

        coords: Values = {}
        variables: Values = {}
        for name, given in values.items():
            if name not in cls._declared:
                raise ValueError(f"{cls.__name__} does not declare {name}.")
            entry = cls._declared[name]
            (coords if entry.kind == "coordinate" else variables).update(entry.labeled(given))
        made = xr.Dataset(variables, coords=coords)
        for name, array in made.data_vars.items():
            errors = _errors_of(str(name), made)
            if errors:
                array.attrs["ancillary_variables"] = " ".join(errors)
        return made


def _errors_of(name: str, dataset: xr.Dataset) -> list[str]:
    """Names of the variables that hold a variable's error, as the CF conventions link them."""
    beside = [f"{name}{end}" for end in ("_stderr", "_low", "_high")]
    return [
        other
        for other in beside
        if other in dataset and dataset[other].attrs["kind"] in ("stderr", "interval")
    ]


def _dimensions(dims: str | tuple[str, ...]) -> tuple[str, ...]:
    return (dims,) if isinstance(dims, str) else dims

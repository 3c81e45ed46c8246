"""The code tables that staff brings: units, people, roles, skills, regions."""

from qiao.staff.codes.people import PEOPLE
from qiao.staff.codes.units import UNITS
from qiao.staff.codes.words import REGIONS, ROLES, SKILLS

CODE_TABLES = (UNITS, PEOPLE, ROLES, SKILLS, REGIONS)

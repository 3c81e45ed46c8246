"""``{% load case_list %}``: the rows of a list of cases."""

from django import template

from qiao.cases.showing.row_html import draw_rows

register = template.Library()

register.simple_tag(draw_rows, name="case_rows")

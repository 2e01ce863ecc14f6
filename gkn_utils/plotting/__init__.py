"""One style, and functions that draw on a given axis. Arguments are tensors; nothing is computed that a claim needs."""

from gkn_utils.plotting.drawing import arrow, network_icon, schematic
from gkn_utils.plotting.line import basins_in_time, cobweb, curves, identity_line, samples_on_loss
from gkn_utils.plotting.mosaics import captioned, ladder, moments, mosaic, paired, pictures, rendered, tiles
from gkn_utils.plotting.networks import counted, cumulative, shares
from gkn_utils.plotting.plane import basin_key, basins, paths, surface
from gkn_utils.plotting.scoreboard import scoreboard
from gkn_utils.plotting.style import BAND, CURVE, DATA, NOISE, SAMPLE, use_style

__all__ = ["BAND", "CURVE", "DATA", "NOISE", "SAMPLE", "arrow", "basin_key", "basins", "basins_in_time"]
__all__ += ["captioned", "cobweb", "counted", "cumulative", "curves", "identity_line", "ladder", "moments"]
__all__ += ["mosaic", "network_icon", "paired", "paths", "pictures", "rendered", "samples_on_loss"]
__all__ += ["schematic", "scoreboard", "shares", "surface", "tiles", "use_style"]

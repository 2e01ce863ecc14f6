"""Points and pictures to learn from, from packages, folders and the network, whatever these hold."""

from gkn_utils.data.idx import read_idx
from gkn_utils.data.images import Images, Source, load_images, points, to_pixels

__all__ = ["Images", "Source", "load_images", "points", "read_idx", "to_pixels"]

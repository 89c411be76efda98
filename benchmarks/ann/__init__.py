"""The vector index beside nearest-neighbour libraries, at equal recall."""

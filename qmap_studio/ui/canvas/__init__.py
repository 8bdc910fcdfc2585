"""The canvas: a photo in linked panes, its quality map painted over it, and what the codec makes of it.

geometry, outlines, pointer     plain data and pure functions: where things lie, what is outlined, where the mouse is
colours                         what a number looks like
raster, buffers                 pixels that numpy writes and Qt paints
*_sheet, outline_item, cursor   what a pane paints
pane, panes, caption            a pane; the four kinds of it
navigator, gestures, keys       zoom and pan; the mouse; the keyboard
pane_grid, workspace            all of it together: to look, and to edit
wipe                            two pictures to compare
"""

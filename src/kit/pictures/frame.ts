// The width, the margin and the colours that all pictures have.

import type { Colour } from './canvas.ts'

/**
 * The width in pixels. Slack on a phone shows a picture about 360 points wide, so text of 24 pixels is 11 points there.
 */
export const WIDTH = 800
export const EDGE = 24

export const PAPER: Colour = 0xffffff
export const INK: Colour = 0x1d1c1d
export const QUIET: Colour = 0x616061
export const GRID: Colour = 0xdddddd

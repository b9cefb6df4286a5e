// A small canvas that draws rectangles, lines, areas and text with smooth edges on opaque pixels. Lengths are in
// pixels.
import { inflateSync } from 'node:zlib'
import { FACES, LETTERS } from './font.ts'
import { encodePng } from './png.ts'

/** A colour as `0xrrggbb`. */
export type Colour = number
export type Point = readonly [x: number, y: number]
export type Face = keyof typeof FACES

export type Canvas = ReturnType<typeof createCanvas>

export const createCanvas = (width: number, height: number, paper: Colour) => {
  const pixels = new Uint8Array(width * height * 3)
  const blend = (x: number, y: number, colour: Colour, share: number) => {
    if (x < 0 || y < 0 || x >= width || y >= height || share <= 0) return
    const at = (y * width + x) * 3
    const ink = Math.min(1, share)
    pixels[at] = mix(pixels[at] ?? 0, colour >> 16, ink)
    pixels[at + 1] = mix(pixels[at + 1] ?? 0, colour >> 8, ink)
    pixels[at + 2] = mix(pixels[at + 2] ?? 0, colour, ink)
  }
  const rect = (x: number, y: number, wide: number, high: number, colour: Colour, share = 1) => {
    for (let row = Math.round(y); row < Math.round(y + high); row += 1)
      for (let column = Math.round(x); column < Math.round(x + wide); column += 1) blend(column, row, colour, share)
  }
  rect(0, 0, width, height, paper)
  return {
    width,
    height,
    rect,
    /** Draws a line through the points, with round joints. */
    line: (points: readonly Point[], thick: number, colour: Colour) => {
      for (const [pixel, share] of strokeOf(points, thick, width))
        blend(pixel % width, Math.floor(pixel / width), colour, share)
    },
    /**
     * Fills the area between a line through the points, ordered from left to right, and the horizontal line at `base`
     * below it.
     */
    area: (points: readonly Point[], base: number, colour: Colour, share: number) => {
      for (const [column, top] of columnsOf(points)) {
        const first = Math.floor(top)
        blend(column, first, colour, share * (1 - (top - first)))
        for (let row = first + 1; row < base; row += 1) blend(column, row, colour, share)
      }
    },
    /** Draws one line of text. `y`: the top of the text. */
    text: (x: number, y: number, words: string, colour: Colour, face: Face = 'small') => {
      let at = Math.round(x)
      for (const { ink, wide } of glyphsOf(words, face)) {
        for (let n = 0; n < ink.length; n += 1)
          blend(at + (n % wide), y + Math.floor(n / wide), colour, (ink[n] ?? 0) / 15)
        at += wide
      }
    },
    png: (): Uint8Array => encodePng(width, height, pixels),
  }
}

const mix = (under: number, over: number, share: number): number => Math.round(under + ((over & 0xff) - under) * share)

/** The coverage of each pixel by a line: the maximum over the line's segments, so that joints are not darker. */
const strokeOf = (points: readonly Point[], thick: number, width: number): ReadonlyMap<number, number> => {
  const covered = new Map<number, number>()
  const reach = thick / 2 + 0.5
  for (const [at, [x2, y2]] of points.entries()) {
    const [x1, y1] = points[at - 1] ?? [x2, y2]
    for (let y = Math.floor(Math.min(y1, y2) - reach); y <= Math.max(y1, y2) + reach; y += 1) {
      for (
        let x = Math.max(0, Math.floor(Math.min(x1, x2) - reach));
        x <= Math.min(width - 1, Math.max(x1, x2) + reach);
        x += 1
      ) {
        const share = reach - distance([x, y], [x1, y1], [x2, y2])
        const pixel = y * width + x
        if (y >= 0 && share > (covered.get(pixel) ?? 0)) covered.set(pixel, Math.min(1, share))
      }
    }
  }
  return covered
}

/** The distance from a point to a line segment. */
const distance = ([x, y]: Point, [x1, y1]: Point, [x2, y2]: Point): number => {
  const [dx, dy] = [x2 - x1, y2 - y1]
  const length = dx * dx + dy * dy
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - x1) * dx + (y - y1) * dy) / length))
  return Math.hypot(x - x1 - along * dx, y - y1 - along * dy)
}

/** The y coordinate of a line at each whole column of pixels. */
function* columnsOf(points: readonly Point[]): Generator<readonly [column: number, y: number]> {
  for (const [at, [x2, y2]] of points.entries()) {
    const [x1, y1] = points[at - 1] ?? [x2, y2]
    for (let column = Math.ceil(x1); column < x2; column += 1)
      yield [column, x2 === x1 ? y2 : y1 + ((column - x1) / (x2 - x1)) * (y2 - y1)]
  }
}

type Glyph = { readonly ink: Uint8Array; readonly wide: number }

const faces = new Map<Face, ReadonlyMap<string, Glyph>>()

const readFace = (name: Face): ReadonlyMap<string, Glyph> => {
  const known = faces.get(name)
  if (known !== undefined) return known
  const { height, widths: written, ink } = FACES[name]
  const widths = written.split(' ').map(Number)
  const total = widths.reduce((sum, wide) => sum + wide, 0)
  const packed = inflateSync(Buffer.from(ink, 'base64'))
  const shade = (at: number): number => ((packed[at >> 1] ?? 0) >> (at % 2 === 0 ? 4 : 0)) & 15
  const glyphs = new Map<string, Glyph>()
  let left = 0
  for (const [at, letter] of [...LETTERS].entries()) {
    const wide = widths[at] ?? 0
    const from = left
    const own = Uint8Array.from({ length: wide * height }, (_, n) =>
      shade(Math.floor(n / wide) * total + from + (n % wide)),
    )
    glyphs.set(letter, { ink: own, wide })
    left += wide
  }
  faces.set(name, glyphs)
  return glyphs
}

/** The glyphs of a text. A character that the font lacks becomes a question mark. */
const glyphsOf = (words: string, face: Face): readonly Glyph[] => {
  const glyphs = readFace(face)
  const unknown = glyphs.get('?')
  return [...words].flatMap(letter => glyphs.get(letter) ?? unknown ?? [])
}

export const widthOf = (words: string, face: Face = 'small'): number =>
  glyphsOf(words, face).reduce((sum, { wide }) => sum + wide, 0)

export const lineHeight = (face: Face = 'small'): number => FACES[face].height

/** Cuts a text to a width of `max` pixels and appends an ellipsis. */
export const fitted = (words: string, max: number, face: Face = 'small'): string => {
  if (widthOf(words, face) <= max) return words
  let shorter = words
  while (shorter.length > 0 && widthOf(`${shorter}…`, face) > max) shorter = shorter.slice(0, -1)
  return `${shorter}…`
}

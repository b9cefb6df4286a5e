// Pictures are PNGs of their own making: read back here, pixel by pixel.
import { crc32, inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { usagePicture } from '../../../src/features/status/usage.ts'
import { createCanvas, fitted, widthOf } from '../../../src/kit/pictures/canvas.ts'
import { drawEvents } from '../../../src/kit/pictures/events.ts'
import { drawRows } from '../../../src/kit/pictures/rows.ts'
import { drawUsage } from '../../../src/kit/pictures/usage.ts'
import { aUsage } from '../../builders.ts'

type Read = { readonly width: number; readonly height: number; readonly at: (x: number, y: number) => number }

/** As the PNG specification says, for what encodePng writes; checks every chunk's sum. */
const readPng = (bytes: Uint8Array): Read => {
  const png = Buffer.from(bytes)
  expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n')
  const chunks = new Map<string, Buffer>()
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at)
    expect(png.readUInt32BE(at + 8 + length)).toBe(crc32(png.subarray(at + 4, at + 8 + length)))
    chunks.set(png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, at + 8 + length))
    at += 12 + length
  }
  expect([...chunks.keys()]).toEqual(['IHDR', 'IDAT', 'IEND'])
  const header = chunks.get('IHDR') ?? Buffer.alloc(0)
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)]
  const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0))
  const row = width * 3 + 1
  for (let y = 0; y < height; y += 1)
    for (let n = 4; n < row; n += 1)
      rows[y * row + n] = ((rows[y * row + n] ?? 0) + (rows[y * row + n - 3] ?? 0)) & 0xff
  return { width, height, at: (x, y) => rows.readUIntBE(y * row + 1 + x * 3, 3) }
}

test('a rectangle is where it was drawn, in its colour, and the rest is paper', () => {
  const canvas = createCanvas(20, 10, 0xffffff)
  canvas.rect(5, 2, 4, 3, 0x1264a3)
  const png = readPng(canvas.png())
  expect([png.width, png.height]).toEqual([20, 10])
  expect([png.at(5, 2), png.at(8, 4), png.at(9, 4), png.at(4, 2), png.at(0, 0)]).toEqual([
    0x1264a3, 0x1264a3, 0xffffff, 0xffffff, 0xffffff,
  ])
})

test('a line is whole in its middle, and soft at its edges', () => {
  const canvas = createCanvas(40, 20, 0xffffff)
  canvas.line(
    [
      [5, 10.5],
      [35, 10.5],
    ],
    2,
    0x000000,
  )
  const png = readPng(canvas.png())
  expect(png.at(20, 10)).toBe(0)
  expect(png.at(20, 9) > 0 && png.at(20, 9) <= 0xffffff).toBe(true)
  expect(png.at(20, 3)).toBe(0xffffff)
})

test('whatever is drawn, beyond the edges as well, is a picture', () => {
  const number = fc.double({ min: -300, max: 300, noNaN: true })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(number, number), { maxLength: 6 }),
      fc.string({ unit: 'grapheme' }),
      (points, words) => {
        const canvas = createCanvas(30, 30, 0xffffff)
        canvas.line(points, 3, 0x112233)
        canvas.area(
          points.toSorted(([a], [b]) => a - b),
          29,
          0x112233,
          0.2,
        )
        canvas.text(-10, 5, words, 0)
        expect(readPng(canvas.png()).width).toBe(30)
      },
    ),
    { numRuns: 30 },
  )
})

test('words that do not fit end in an ellipsis', () => {
  expect(fitted('orders-api', 1_000)).toBe('orders-api')
  const short = fitted('a-service-with-a-very-long-name-indeed', 200)
  expect(short).toMatch(/^a-serv.*…$/)
  expect(widthOf(short)).toBeLessThanOrEqual(200)
})

test.each([
  ['nothing', aUsage()],
  ['one sample', aUsage({ cpu: { average: [{ at: aUsage().from, value: 50 }], most: [] } })],
  ['more than all', aUsage({ cpu: { average: [{ at: aUsage().from, value: 340 }], most: [] }, source: 'insights' })],
])('%s measured is a picture all the same', (_, usage) => {
  const png = readPng(drawUsage(usagePicture('x'.repeat(255), 'prod', usage)))
  expect(png.width).toBe(800)
})

test('of many entries one error shows, and a minute without any is empty', () => {
  const rows = [
    { clock: '12:00', lines: 5_000, errors: 1 },
    { clock: '12:01', lines: 0, errors: 0 },
  ]
  const png = readPng(drawEvents({ title: 'orders-api', where: 'prod', bars: { rows, each: 'each minute' } }))
  const colours = (x: number) => Array.from({ length: 200 }, (_, n) => png.at(x, 165 + n))
  expect(colours(250).filter(colour => colour === 0xb3123b)).toHaveLength(4)
  expect(colours(250).filter(colour => colour === 0x7aa7cf).length).toBeGreaterThan(150)
  expect(colours(650)).not.toContain(0x7aa7cf)
})

test('bars are as long as their values, a zero has none, and each has its colour', () => {
  const rows = [
    { label: 'Fargate Spot', values: [8, 4] as const },
    { label: 'x'.repeat(200), values: [0, 2] as const },
  ]
  const data = { title: 'checkout', where: 'prod', series: ['Now', 'Then'] as const, rows, note: 'By the strategy' }
  const png = readPng(drawRows(data))
  const lengths = (colour: number) =>
    Array.from({ length: png.height - 150 }, (_, y) => y + 150)
      .map(y => Array.from({ length: png.width }, (_, x) => png.at(x, y)).filter(one => one === colour).length)
      .filter((length, at, all) => length > 40 && length !== all[at - 1])
  const [most = 0, ...none] = lengths(0x1264a3)
  expect(none).toEqual([])
  const [half = 0, quarter = 0] = lengths(0xa9c3dd)
  expect([half / most, quarter / most].map(share => Math.round(share * 100))).toEqual([50, 25])
})

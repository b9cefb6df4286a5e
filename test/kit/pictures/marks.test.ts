// Changes above the panels of a chart.
import { expect, test } from 'vitest'
import { marksHeight } from '../../../src/kit/pictures/marks.ts'
import { drawUsage } from '../../../src/kit/pictures/usage.ts'
import type { Mark, PanelsPicture } from '../../../src/model/picture.ts'

const MINUTE = 60_000
const average = Array.from({ length: 60 }, (_, nth) => ({ at: nth * MINUTE, value: 40 }))
const picture = (marks?: readonly Mark[], more: Partial<PanelsPicture> = {}): PanelsPicture => ({
  ...{ title: 'orders-api', where: 'prod', source: 'Container Insights', from: 0, until: 60 * MINUTE },
  panels: [{ name: 'CPU', words: '40%', average, most: [] }],
  ...(marks !== undefined && { marks }),
  ...more,
})
const mark = (minute: number, words = 'deployed :8'): Mark => ({ at: minute * MINUTE, words, isBad: minute % 2 === 0 })
/** Width and height, from the header of a PNG. */
const sizeOf = (bytes: Uint8Array) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return [view.getUint32(16), view.getUint32(20)]
}

test('without marks a chart is as before', () => {
  expect(drawUsage(picture([]))).toEqual(drawUsage(picture()))
})

test('marks make room above the panels, at most for eight in the list', () => {
  const [width, height] = sizeOf(drawUsage(picture())) as [number, number]
  for (const count of [1, 8, 500]) {
    const marks = Array.from({ length: count }, (_, nth) => mark(nth % 60))
    expect(sizeOf(drawUsage(picture(marks)))).toEqual([width, height + marksHeight(marks)])
  }
  expect(marksHeight(Array.from({ length: 500 }, () => mark(1)))).toBe(
    marksHeight(Array.from({ length: 8 }, () => mark(1))),
  )
})

test('a mark is drawn at its time, and long or strange words are cut', () => {
  expect(drawUsage(picture([mark(10)]))).not.toEqual(drawUsage(picture([mark(50)])))
  expect(() => drawUsage(picture([mark(10, '\u0000👩‍🚀'.repeat(500))]))).not.toThrow()
})

test('samples of an hour are one line', () => {
  const hourly = average.map(({ at, value }) => ({ at: at * 60, value }))
  const panels = [{ name: 'Running tasks', words: '', unit: '', average: hourly, most: [] }]
  const span = { until: 3_600 * MINUTE, panels }
  expect(drawUsage(picture([], { ...span, each: 60 * MINUTE }))).not.toEqual(drawUsage(picture([], span)))
})

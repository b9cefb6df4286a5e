// Renders the font of pictures in Chromium into src/kit/pictures/font.ts: `node scripts/make-font.ts`.
// Needs DejaVu Sans, whose licence permits embedding. Letters have their advance width and 16 grey levels.
import { writeFile } from 'node:fs/promises'
import { deflateSync } from 'node:zlib'
import { launchChromium } from '../test/browser/chromium.ts'

const ASCII = Array.from({ length: 95 }, (_, n) => String.fromCharCode(32 + n))
const LETTERS = [...ASCII, '·', '…', '–', '→', '×', '°'].join('')
const FACES = { small: '24px "DejaVu Sans"', large: 'bold 30px "DejaVu Sans"' }

type Drawn = { readonly height: number; readonly widths: readonly number[]; readonly ink: readonly number[] }

/** Runs in the browser's page. */
const draw = ([letters, font]: readonly [string, string]): Drawn => {
  const size = Number(/(\d+)px/.exec(font)?.[1])
  const height = Math.ceil(size * 1.3)
  const canvas = document.createElement('canvas')
  const pen = canvas.getContext('2d')
  if (pen === null) throw new Error('no canvas')
  pen.font = font
  const widths = [...letters].map(letter => Math.ceil(pen.measureText(letter).width))
  canvas.width = widths.reduce((sum, width) => sum + width, 0)
  canvas.height = height
  pen.font = font
  pen.textBaseline = 'alphabetic'
  let x = 0
  for (const [at, letter] of [...letters].entries()) {
    // Clips letters that overlap their neighbours.
    pen.save()
    pen.beginPath()
    pen.rect(x, 0, widths[at] ?? 0, height)
    pen.clip()
    pen.fillText(letter, x, Math.round(size))
    pen.restore()
    x += widths[at] ?? 0
  }
  const { data } = pen.getImageData(0, 0, canvas.width, height)
  return { height, widths, ink: Array.from({ length: canvas.width * height }, (_, n) => (data[n * 4 + 3] ?? 0) >> 4) }
}

const packed = (ink: readonly number[]): string => {
  const bytes = Buffer.alloc(Math.ceil(ink.length / 2))
  for (const [at, shade] of ink.entries()) bytes[at >> 1] = (bytes[at >> 1] ?? 0) | (shade << (at % 2 === 0 ? 4 : 0))
  return deflateSync(bytes, { level: 9 }).toString('base64')
}

const browser = await launchChromium()
const page = await browser.newPage()
const faces: string[] = []
for (const [name, font] of Object.entries(FACES)) {
  const { height, widths, ink } = await page.evaluate(draw, [LETTERS, font] as const)
  faces.push(
    `  ${name}: {\n    height: ${height},\n    widths: '${widths.join(' ')}',\n    ink: '${packed(ink)}',\n  },`,
  )
}
await browser.close()
await writeFile(
  new URL('../src/kit/pictures/font.ts', import.meta.url),
  `// The font of pictures: DejaVu Sans (Bitstream Vera licence), rendered by scripts/make-font.ts.
// A face is one row of letters, stored row by row, four bits a pixel, deflated.
export const LETTERS = ${JSON.stringify(LETTERS)}

export const FACES = {
${faces.join('\n')}
} as const
`,
)

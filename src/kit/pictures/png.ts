// Encodes a PNG: 8-bit RGB without alpha or interlacing; each row uses filter 1, Sub (PNG specification).
import { crc32, deflateSync } from 'node:zlib'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const CHANNELS = 3

export const encodePng = (width: number, height: number, pixels: Uint8Array): Uint8Array => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  // Bit depth 8, colour type 2 (truecolour).
  header.set([8, 2, 0, 0, 0], 8)
  const data = deflateSync(filtered(width, height, pixels), { level: 9 })
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))])
}

const filtered = (width: number, height: number, pixels: Uint8Array): Buffer => {
  const length = width * CHANNELS
  const rows = Buffer.alloc((length + 1) * height)
  for (let y = 0; y < height; y += 1) {
    const to = y * (length + 1)
    rows[to] = 1
    for (let at = 0; at < length; at += 1) {
      const left = at < CHANNELS ? 0 : (pixels[y * length + at - CHANNELS] ?? 0)
      rows[to + 1 + at] = ((pixels[y * length + at] ?? 0) - left) & 0xff
    }
  }
  return rows
}

const chunk = (type: string, data: Buffer): Buffer => {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(named.length + 8)
  framed.writeUInt32BE(data.length, 0)
  named.copy(framed, 4)
  framed.writeUInt32BE(crc32(named), named.length + 4)
  return framed
}

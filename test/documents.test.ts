// The documents stay true where a machine can tell: their size, and the files that they name.
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

test.each([
  ['README.md', 8 * 1024],
  ['ARCHITECTURE.md', 14 * 1024],
])('%s is short enough to be read whole', (file, most) => {
  expect(Buffer.byteLength(readFileSync(file, 'utf8'))).toBeLessThanOrEqual(most)
})

test.each(['ARCHITECTURE.md', 'CONTRIBUTING.md', 'README.md', 'SECURITY.md', 'docs/mechanisms.md', 'docs/risk.md'])(
  'the files that %s names exist',
  file => {
    const text = readFileSync(file, 'utf8')
    const folder = file.startsWith('docs/') ? 'docs/' : ''
    const linked = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = '']) => `${folder}${path}`)
    const quoted = [...text.matchAll(/`((?:src|test|infra|sandbox|handlers|bench|docs)\/[\w./-]+)`/g)].map(
      ([, path = '']) => path,
    )
    expect([...linked, ...quoted].filter(path => !existsSync(path))).toEqual([])
  },
)

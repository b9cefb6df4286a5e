// The storeys of src/, and that imports only run down: what a file may import follows from where it is.
import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { expect, test } from 'vitest'

/** From the ground up. Gateways stand beside them, and only handlers/ import them. */
const STOREYS = ['model', 'kit', 'engine', 'features', 'commands', 'functions'] as const
const GATEWAYS = 'gateways'
/** Direct files of one room; `commands/` has one a verb. */
const MOST_FILES = 24

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map(path => path.replaceAll('\\', '/'))
  .filter(path => path.endsWith('.ts'))

const storeyOf = (path: string): string => path.split('/')[0] ?? ''
const heightOf = (path: string): number => STOREYS.map(String).indexOf(storeyOf(path))

const importsOf = (file: string): readonly string[] =>
  [...readFileSync(`src/${file}`, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, path = '']) =>
    posix.join(posix.dirname(file), path),
  )

const isAllowed = (file: string, imported: string): boolean => {
  if (imported.startsWith('..')) return false
  if (storeyOf(file) === GATEWAYS) return true
  return storeyOf(imported) !== GATEWAYS && heightOf(imported) <= heightOf(file)
}

test('every file is in a storey', () => {
  expect(files.filter(file => !file.includes('/') || (heightOf(file) < 0 && storeyOf(file) !== GATEWAYS))).toEqual([])
})

test('imports run down', () => {
  const upward = files.flatMap(file => importsOf(file).map(imported => [file, imported] as const))
  expect(upward.filter(([file, imported]) => !isAllowed(file, imported)).map(pair => pair.join(' → '))).toEqual([])
})

/** Values, not types. */
const TAKEN_BY_SANDBOX = ['kit/session/frame.ts', 'commands/compile-config.ts']

test('the sandbox takes types of src/, the frames of a session and the configuration, and nothing else', () => {
  const taken = readdirSync('sandbox', { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts'))
    .flatMap(path => [
      ...readFileSync(`sandbox/${path}`, 'utf8').matchAll(/^import (?!type )[^']*'(?:\.\.\/)+src\/([^']+)'/gm),
    ])
    .map(([, path]) => path)
  expect([...new Set(taken)].filter(path => !TAKEN_BY_SANDBOX.includes(path ?? ''))).toEqual([])
})

test('no room is too full to look over', () => {
  const rooms = new Set(files.map(file => posix.dirname(file)))
  const countOf = (room: string): number => files.filter(file => posix.dirname(file) === room).length
  expect([...rooms].filter(room => room !== 'commands' && countOf(room) > MOST_FILES)).toEqual([])
})

// Parses the resources of a CloudFormation template lazily. Templates are untrusted: JSON is parsed in linear time, and
// YAML one small resource at a time.
import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml'

export type Path = readonly string[]

export type Resource = {
  readonly id: string
  /** Whether the resource could be of the given type. Does not parse the resource. */
  readonly mayBe: (type: string) => boolean
  /**
   * The resource as plain values; undefined if it cannot be parsed. `!Ref x` and other tags give the text after the
   * tag.
   */
  readonly value: () => unknown
  /** The line number, from 1, of the last key of the path in the template. */
  readonly lineOf: (path: Path) => number | undefined
}

/** The longest template that is read: CloudFormation accepts up to 1 MB (CloudFormation quotas). */
const MOST_CHARACTERS = 1_048_576
/**
 * The longest YAML resource that is read, in characters. Services need a few kilobytes, and even a hostile text of this
 * length parses in milliseconds.
 */
const MOST_OF_RESOURCE = 16_384

export const resourcesIn = (template: string): readonly Resource[] => {
  if (template.length > MOST_CHARACTERS) return []
  return template.trimStart().startsWith('{') ? inJson(template) : inYaml(template)
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Calls a parser; undefined if it throws, for example because of too deep nesting. */
const attempt = <T>(read: () => T): T | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}

const inJson = (template: string): readonly Resource[] => {
  const root: unknown = attempt(() => JSON.parse(template))
  const resources = isObject(root) ? root['Resources'] : undefined
  return Object.entries(isObject(resources) ? resources : {}).map(([id, value]) => ({
    id,
    mayBe: () => true,
    value: () => value,
    lineOf: path => attempt(() => lineInJson(template, ['Resources', id, ...path])),
  }))
}

const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:\n]/g

/** The line of a path in JSON text. Of duplicate keys, the last counts, as in JSON.parse. */
const lineInJson = (text: string, path: Path): number | undefined => {
  const keys: (string | undefined)[] = []
  let line = 1
  let string = ''
  let found: number | undefined
  for (const [token] of text.matchAll(tokens)) {
    if (token === '\n') line += 1
    else if (token === '{' || token === '[') keys.push(undefined)
    else if (token === '}' || token === ']') keys.pop()
    else if (token !== ':') string = token
    else {
      keys[keys.length - 1] = JSON.parse(string)
      if (keys.length === path.length && path.every((key, depth) => keys[depth] === key)) found = line
    }
  }
  return found
}

const indentOf = (line: string): number => line.length - line.trimStart().length
const isBlank = (line: string): boolean => /^\s*(#|$)/.test(line)
const keyOf = (line: string): string | undefined => /^ *(["']?)([A-Za-z0-9]{1,255})\1 *:/.exec(line)?.[2]

/** Splits a YAML template by its indentation: `Resources:` at the margin, then one block for each resource. */
const inYaml = (template: string): readonly Resource[] => {
  const lines = template.split(/\r?\n/)
  const begin = lines.findIndex(line => indentOf(line) === 0 && keyOf(line) === 'Resources') + 1
  if (begin === 0) return []
  const first = lines.slice(begin).find(line => !isBlank(line)) ?? ''
  const indent = indentOf(first)
  const starts: number[] = []
  let at = begin
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    if (isBlank(line)) continue
    if (indentOf(line) < indent || indent === 0) break
    if (indentOf(line) === indent) starts.push(at)
  }
  return starts.flatMap((start, index) => {
    const block = lines.slice(start, starts[index + 1] ?? at)
    const id = keyOf(block[0] ?? '')
    return id === undefined ? [] : [yamlResource(id, block.join('\n'), start)]
  })
}

/** A resource of a YAML template. `before`: the number of template lines before it. */
const yamlResource = (id: string, text: string, before: number): Resource => {
  const counter = new LineCounter()
  let parsed: Node | null | undefined
  const root = () => {
    parsed ??= text.length > MOST_OF_RESOURCE ? null : (attempt(() => parseYaml(text, counter)) ?? null)
    return parsed
  }
  return {
    id,
    mayBe: type => text.includes(type),
    value: () => {
      const node = pairAt(root(), [id])?.value
      return attempt(() => plain(node))
    },
    lineOf: path => {
      const key = pairAt(root(), [id, ...path])?.key
      const start = isScalar(key) ? key.range?.[0] : undefined
      return start === undefined ? undefined : before + counter.linePos(start).line
    },
  }
}

const parseYaml = (text: string, lineCounter: LineCounter): Node | null =>
  parseDocument(text, { lineCounter, uniqueKeys: false, strict: false, logLevel: 'silent' }).contents

const pairAt = (root: Node | null | undefined, [key, ...rest]: Path): Pair | undefined => {
  const pair = isMap(root)
    ? root.items.find(item => isPair(item) && isScalar(item.key) && item.key.value === key)
    : undefined
  return rest.length === 0 ? pair : pairAt(pair?.value as Node | undefined, rest)
}

/** The plain values of a YAML node. Does not follow aliases, which can expand a small text into a huge one. */
const plain = (node: unknown): unknown => {
  if (isScalar(node)) return node.value
  if (isMap(node))
    return Object.fromEntries(
      node.items.flatMap(({ key, value }) => (isScalar(key) ? [[String(key.value), plain(value)]] : [])),
    )
  return isSeq(node) ? node.items.map(plain) : undefined
}

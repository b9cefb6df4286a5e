// Filter patterns over JSON lines: `{ $.status >= 500 && ($.route = "/orders*" || $.user NOT EXISTS) }`.
// Source: CloudWatch Logs user guide, using filter patterns to match terms in JSON log events.

import { invalid } from './errors.ts'

type Test = (value: unknown) => boolean

const TOKEN =
  /\s*(?:(\$(?:\.[\w*-]+|\[(?:\d+|\*|"[^"]*"|'[^']*')\])+)|(&&|\|\||>=|<=|!=|[()=<>])|("(?:[^"\\]|\\.)*")|%([^%]*)%|([\w.*:/@+-]+))/y

type Token =
  | { readonly kind: 'selector' | 'sign' | 'phrase' | 'expression' | 'word'; readonly text: string }
  | { readonly kind: 'end'; readonly text: '' }

const tokensOf = (text: string): readonly Token[] => {
  const tokens: Token[] = []
  const end = text.trimEnd().length
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex
    const found = TOKEN.exec(text)
    if (!found) throw invalid(`Invalid character(s) in term '${text.slice(at).trim().charAt(0)}'`)
    const [, selector, sign, phrase, expression, word] = found
    if (selector !== undefined) tokens.push({ kind: 'selector', text: selector })
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign })
    else if (phrase !== undefined) tokens.push({ kind: 'phrase', text: phrase.slice(1, -1).replace(/\\(.)/g, '$1') })
    else if (expression !== undefined) tokens.push({ kind: 'expression', text: expression })
    else tokens.push({ kind: 'word', text: word ?? '' })
  }
  return tokens
}

/** Creates a reader of tokens that can look one token ahead. */
const readerOf = (tokens: readonly Token[]) => {
  let at = 0
  const peek = (): Token => tokens[at] ?? { kind: 'end', text: '' }
  return {
    peek,
    next: (): Token => {
      const token = peek()
      at += 1
      return token
    },
    takes: (text: string): boolean => {
      if (peek().kind === 'phrase' || peek().text.toUpperCase() !== text) return false
      at += 1
      return true
    },
  }
}

type Reader = ReturnType<typeof readerOf>

export const parseJsonPattern = (text: string): ((message: string) => boolean) => {
  if (!text.endsWith('}')) throw invalid("If a filter pattern starts with '{' it must end with '}'")
  const reader = readerOf(tokensOf(text.slice(1, -1)))
  const test = readAny(reader)
  if (reader.peek().kind !== 'end') throw invalid('Invalid filter pattern')
  return message => {
    if (!message.startsWith('{') && !message.startsWith('[')) return false
    try {
      return test(JSON.parse(message))
    } catch {
      return false
    }
  }
}

const readAny = (reader: Reader): Test => {
  const tests = [readAll(reader)]
  while (reader.takes('||')) tests.push(readAll(reader))
  return value => tests.some(test => test(value))
}

const readAll = (reader: Reader): Test => {
  const tests = [readOne(reader)]
  while (reader.takes('&&')) tests.push(readOne(reader))
  return value => tests.every(test => test(value))
}

const readOne = (reader: Reader): Test => {
  if (reader.takes('(')) {
    const test = readAny(reader)
    if (!reader.takes(')')) throw invalid('Invalid filter pattern')
    return test
  }
  const selector = reader.next()
  if (selector.kind !== 'selector') throw invalid('Invalid filter pattern')
  return readComparison(selector.text, reader)
}

const readComparison = (selector: string, reader: Reader): Test => {
  const steps = stepsOf(selector)
  const some =
    (test: Test): Test =>
    value =>
      select(value, steps).some(test)
  if (reader.takes('EXISTS')) return some(() => true)
  if (reader.takes('NOT') && reader.takes('EXISTS')) return value => select(value, steps).length === 0
  if (reader.takes('IS')) return some(readConstant(reader))
  const sign = reader.next()
  const right = reader.next()
  if (sign.kind !== 'sign' || right.kind === 'end' || right.kind === 'sign' || right.kind === 'selector')
    throw invalid('Invalid filter pattern')
  const test = compare(sign.text, right)
  return some(test)
}

const CONSTANTS: Readonly<Record<string, unknown>> = { TRUE: true, FALSE: false, NULL: null }

const readConstant = (reader: Reader): Test => {
  const name = reader.next().text.toUpperCase()
  if (!Object.hasOwn(CONSTANTS, name)) throw invalid('Invalid filter pattern')
  return value => value === CONSTANTS[name]
}

const SIGNS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
}

const compare = (sign: string, { kind, text }: Token): Test => {
  const order = SIGNS[sign]
  const isNumber = kind === 'word' && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)
  if (order) {
    if (!isNumber) throw invalid('Invalid filter pattern')
    return value => typeof value === 'number' && order(value, Number(text))
  }
  if (sign !== '=' && sign !== '!=') throw invalid('Invalid filter pattern')
  const isLike = kind === 'expression' ? new RegExp(text) : wildcard(text)
  const equals: Test = value =>
    isNumber && typeof value === 'number' ? value === Number(text) : isScalar(value) && isLike.test(String(value))
  return sign === '=' ? equals : value => !equals(value)
}

const isScalar = (value: unknown): boolean => ['string', 'number'].includes(typeof value)

const wildcard = (text: string): RegExp =>
  new RegExp(`^${text.replace(/[\\^$.+?()[\]{}|]/g, '\\$&').replaceAll('*', '.*')}$`, 's')

const stepsOf = (selector: string): readonly string[] =>
  [...selector.matchAll(/\.([\w*-]+)|\[(?:"([^"]*)"|'([^']*)'|(\d+|\*))\]/g)].map(
    ([, name, double, single, index]) => name ?? double ?? single ?? index ?? '',
  )

const select = (value: unknown, steps: readonly string[]): readonly unknown[] => {
  const [step, ...rest] = steps
  if (step === undefined) return [value]
  if (typeof value !== 'object' || value === null) return []
  const inner = step === '*' ? Object.values(value) : Object.hasOwn(value, step) ? [Reflect.get(value, step)] : []
  return inner.flatMap(one => select(one, rest))
}

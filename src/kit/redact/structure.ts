// Parses a text into containers, keys and values. Reads JSON, logfmt, output of Python, PHP, Ruby, Rust and Go,
// headers, command lines, and XML. Finds the values whose key names a secret, and the strings whose content must be
// searched, too.
import { bareEnd, lineEnd, schemeEnd } from './bare-values.ts'
import { endsPhrase, NAMING, type SecretKey, secretKey, VALUED } from './keys.ts'
import type { Range, Span } from './spans.ts'
import { type Quoted, Strings } from './strings.ts'
import { isHarmless, isProse } from './values.ts'
import { yamlBlock } from './yaml-block.ts'

/**
 * An open container, such as a JSON object. `secret`: the key whose value is this container; all values in it are
 * hidden. `named`, `hasName`, `values`: for an object with a `name` and a `value` member: the secret that the name
 * stands for, whether a name was found, and the values.
 */
type Frame = {
  readonly opener: string
  readonly secret: SecretKey | undefined
  /**
   * The list that receives the values found in this container, because the name that decides about them belongs to an
   * outer container.
   */
  readonly collects: Span[] | undefined
  named?: SecretKey | undefined
  hasName?: boolean
  values?: Span[]
  key?: string | undefined
  flag?: SecretKey | undefined
}

/**
 * The result of parsing a text. `spans`: the secrets. `strings`: the strings whose content must be searched. `leaves`:
 * the ranges of a JSON text that may be replaced.
 */
export type Structure = {
  readonly spans: readonly Span[]
  readonly strings: readonly Quoted[]
  readonly leaves: readonly (Range & { readonly isBare: boolean })[]
}

const CLOSERS: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')', '<': '>' }
const OPENERS: Readonly<Record<string, string>> = { '}': '{', ']': '[', ')': '(', '>': '<' }

const SPACE = /[ \t]*/y
const SEPARATOR = /[ \t]{0,8}(?::=|={1,3}>?|:(?!:)|;s:\d{1,9}:)[ \t]{0,8}/y
const LONG_SEPARATOR = /\s{0,64}(?::(?!:)|=>|=)\s{0,64}/y
const WORD = /[\w$@.\-ßäöüÄÖÜñ]+/y
/** Matches a key in brackets, as PHP prints it: `[password] => x`, `["password"]=>`. */
const BRACKETED =
  /\[\s{0,4}(\\{0,16}["']?)([\w .:-]{1,100})\1(?::(?:protected|private|[\w\\":]{1,80}))?\]\s{0,4}=>\s{0,64}/y
/** Matches the prefix of a value: a type in the output of PHP's var_dump, or a string prefix of Python. */
const TYPED = /(?:(?:string|int|float|bool)\(\d{1,9}\)\s{0,4}|[ubrfUBRF]{1,2}(?=\\{0,16}["']))/y
/** Matches the start of a type or function around a value, such as `Some(`, `Secret {`, `array(`. */
const CALL =
  /&?(?:new )?(?:[A-Z][\w.:]{0,60}|array|dict|list|tuple|set|str|bytes|string|some|ok|map|object|secret)(?:<[\w, :<>]{0,40}>)?(?:\s?\{(?=\s)|\()/y
/** Matches a variable or placeholder in place of a value. */
const VARIABLE =
  /(?:\$\{[^{}\s]{0,100}\}|\{\{[^{}]{0,100}\}\}|\$\([^()]{0,100}\)|<[A-Za-z][\w -]{0,40}>)(?=[\s,;&"')\]}]|$)/y
const ARN = /arn:aws[\w-]{0,20}:[\w:/*.@+=,#-]{1,2048}/y
const TAG = /<([A-Za-z][\w:.-]{0,100})((?:\s[^<>]{0,400})?)>/y
const OPEN_TAG = /<[A-Za-z][\w:.-]{0,60}\s/y
const CDATA = /\s*<!\[CDATA\[/y
const MOST_FRAMES = 20_000
/** The maximum number of lines between `name: DB_PASSWORD` and its `value:`, outside braces. */
const NEAR_LINES = 2

const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at
  return pattern.exec(text)
}

class Scanner {
  readonly #text: string
  readonly #isStrict: boolean
  readonly #strings: Strings
  readonly #frames: Frame[] = [{ opener: '', secret: undefined, collects: undefined }]
  readonly found: Span[] = []
  readonly inner: Quoted[] = []
  readonly leaves: (Range & { readonly isBare: boolean })[] = []
  /** The key of a secret whose value comes next in the text; undefined if there is none. */
  #pending: SecretKey | undefined
  #line = 0
  #namedLine = 0
  #at = 0
  /** The previous word, used to recognize keys of two words. `#wordEnd`: the position of its end. */
  #word = ''
  readonly #unclosed = new Set<string>()
  #wordEnd = -1

  constructor(text: string, isStrict: boolean) {
    this.#text = text
    this.#isStrict = isStrict
    this.#strings = new Strings(text, isStrict)
  }

  /**
   * Parses the text. `isCut`: whether more of the text may follow. The names of values in open objects may then still
   * be missing, so these values are hidden.
   */
  run(isCut: boolean): void {
    const { length } = this.#text
    while (this.#at < length) this.#step(this.#text[this.#at] ?? '')
    while (this.#frames.length > 1) {
      if (isCut) this.#hideUnnamed(this.#top())
      this.#pop()
    }
    this.#settle(this.#top())
  }

  /** Hides the values of an object that is still open and has no name so far. */
  #hideUnnamed({ opener, hasName = false, values = [] }: Frame): void {
    if (opener !== '{' || hasName) return
    for (const span of values) this.found.push(span)
  }

  #top(): Frame {
    return this.#frames.at(-1) as Frame
  }

  #step(char: string): void {
    if (char === '"' || char === "'" || char === '`' || char === '\\') this.#quote()
    else if (char in CLOSERS) this.#open(char)
    else if (char in OPENERS) this.#close(char)
    else if (char === '\n') this.#newLine()
    else if (char === ',' || char === ';') {
      this.#pending = undefined
      if (char === ',') this.#top().key = undefined
      this.#at += 1
    } else if (matchAt(WORD, this.#text, this.#at) !== null) this.#wordAt(WORD.lastIndex)
    else this.#at += 1
  }

  #newLine(): void {
    this.#line += 1
    this.#at += 1
    const top = this.#top()
    if (top.opener === '') {
      this.#pending = undefined
      top.key = undefined
      if (this.#line - this.#namedLine > NEAR_LINES) top.named = undefined
    }
  }

  #quote(): void {
    const quoted = this.#strings.at(this.#at, this.#pending !== undefined)
    if (quoted === undefined) {
      this.#at += 1
      return
    }
    const name = this.#text.slice(quoted.from, quoted.to)
    const separator = this.#pending === undefined ? this.#separatorAfter(quoted.end) : undefined
    if (separator !== undefined) {
      this.leaves.push({ start: quoted.from, end: quoted.to, isBare: false })
      if (name.length > 40 || name.includes('\\')) this.inner.push(quoted)
      this.#keyed(name.replaceAll('\\', ''), separator, quoted.end)
    } else this.#string(quoted, name)
  }

  #separatorAfter(end: number): number | undefined {
    const found = matchAt(this.#isStrict || this.#top().opener !== '' ? LONG_SEPARATOR : SEPARATOR, this.#text, end)
    return found === null ? matchAt(SEPARATOR, this.#text, end)?.[0].length : found[0].length
  }

  /** Handles a string that is a value, not a key. */
  #string(quoted: Quoted, text: string): void {
    const top = this.#top()
    const secret = this.#pending ?? top.secret ?? top.flag
    top.flag = undefined
    this.#pending = undefined
    this.#at = quoted.end
    this.leaves.push({ start: quoted.from, end: quoted.to, isBare: false })
    if (secret !== undefined && this.#isHidden(text, secret)) {
      this.#hide({ start: quoted.from, end: quoted.to }, secret)
    } else {
      this.inner.push(quoted)
      this.#collect({ start: quoted.from, end: quoted.to }, text)
      if (top.opener === '[' || top.opener === '(') top.flag = flagOf(text, top.opener)
    }
    top.key = undefined
  }

  #isHidden(text: string, secret: SecretKey): boolean {
    // In a container that is a secret, the name of a value is not hidden.
    const { key, secret: around } = this.#top()
    if (secret === around && key !== undefined && NAMING.has(key.toLowerCase()) && /^[A-Za-z][\w.-]*$/.test(text))
      return false
    return !isHarmless(text, secret)
  }

  #hide(range: Range, { kind }: SecretKey, isBare = false): void {
    if (range.end > range.start) this.found.push({ ...range, kind, isBare })
  }

  /**
   * Records a value that may be the name or the named value of an object such as `{"name": "DB_PASSWORD", "value": …}`.
   */
  #collect(range: Range, text: string, isBare = false): void {
    const top = this.#top()
    const key = top.key?.toLowerCase() ?? ''
    if (NAMING.has(key)) top.hasName = true
    if (NAMING.has(key) && text.length <= 200) {
      const named = secretKey(text)
      if (named !== undefined && /^[\w.:/ -]+$/.test(text)) {
        top.named = named
        this.#namedLine = this.#line
      } else if (top.opener === '') top.named = undefined
    }
    const span: Span = { ...range, kind: 'secret', isBare }
    if (VALUED.has(key)) {
      if (top.opener === '') {
        if (top.named !== undefined && !isHarmless(text, top.named)) this.#hide(range, top.named, isBare)
      } else if (top.values === undefined) top.values = [span]
      else top.values.push(span)
    }
    top.collects?.push(span)
  }

  #open(char: string): void {
    const pair = char === '[' && !this.#isStrict ? matchAt(BRACKETED, this.#text, this.#at) : null
    if (pair !== null) this.#keyed(pair[2] ?? '', 0, BRACKETED.lastIndex)
    else if (char === '<') this.#tag()
    else {
      this.#push(char)
      this.#at += 1
    }
  }

  #push(opener: string): void {
    const top = this.#top()
    const secret = this.#pending ?? top.secret
    const isValue = VALUED.has(top.key?.toLowerCase() ?? '') && top.opener !== ''
    if (isValue) top.values ??= []
    const collects = isValue ? top.values : top.collects
    this.#pending = undefined
    if (this.#frames.length < MOST_FRAMES) this.#frames.push({ opener, secret, collects })
  }

  #close(char: string): void {
    this.#at += 1
    this.#pending = undefined
    const opener = OPENERS[char] ?? ''
    if (char === '>' && this.#top().opener !== '<') return
    for (let down = 1; down <= 4 && down < this.#frames.length; down += 1)
      if (this.#frames.at(-down)?.opener === opener) {
        for (let n = 0; n < down; n += 1) this.#pop()
        this.#top().key = undefined
        return
      }
  }

  #pop(): void {
    const frame = this.#frames.pop()
    if (frame !== undefined) this.#settle(frame)
  }

  /** Hides the values of an object whose name is the name of a secret. */
  #settle({ named, values }: Frame): void {
    if (named === undefined || values === undefined) return
    for (const span of values) {
      const text = this.#text.slice(span.start, span.end)
      if (!isHarmless(text, named)) this.found.push({ ...span, kind: named.kind })
    }
  }

  /** Handles a key and its separator. `end`: the end of the key. `after`: the length of the separator. */
  #keyed(name: string, after: number, end: number): void {
    this.#at = end + after
    const top = this.#top()
    top.key = name.slice(-128)
    top.flag = undefined
    this.#pending = secretKey(name)
    if (this.#pending !== undefined) this.#value(end, this.#pending)
  }

  /**
   * Handles the value after the key of a secret. If the value is a string or a container, only skips prefixes: the next
   * steps handle it.
   */
  #value(keyEnd: number, key: SecretKey): void {
    for (let typed = matchAt(TYPED, this.#text, this.#at); typed !== null; typed = matchAt(TYPED, this.#text, this.#at))
      this.#at = TYPED.lastIndex
    const char = this.#text[this.#at] ?? ''
    if (/["'`{[(]/.test(char) || (char === '\\' && this.#strings.at(this.#at, true) !== undefined)) return
    if (this.#isStrict) return
    if (char === '' || char === '\n' || /^[|>][-+\d]{0,3}\s*$/.test(this.#lineFrom(this.#at))) {
      const block = yamlBlock(this.#text, keyEnd, this.#at, key)
      for (const span of block?.spans ?? []) this.found.push(span)
      if (block !== undefined) this.#at = block.end
      return
    }
    if (matchAt(VARIABLE, this.#text, this.#at) !== null) {
      this.#pending = undefined
      this.#at = VARIABLE.lastIndex
      return
    }
    const call = matchAt(CALL, this.#text, this.#at)
    if (call !== null && this.#closes(call[0].at(-1) ?? '', CALL.lastIndex)) {
      this.#at = CALL.lastIndex - 1
      return
    }
    this.#bare(keyEnd, key)
  }

  #closes(opener: string, from: number): boolean {
    if (this.#unclosed.has(opener)) return false
    if (this.#text.indexOf(CLOSERS[opener] ?? '', from) >= 0) return true
    this.#unclosed.add(opener)
    return false
  }

  #lineFrom(at: number): string {
    return this.#text.slice(at, at + 200).split('\n', 1)[0] ?? ''
  }

  #bare(keyEnd: number, key: SecretKey): void {
    const [text, start] = [this.#text, this.#at]
    this.#pending = undefined
    const closer = CLOSERS[this.#top().opener]
    const first = bareEnd(text, start, closer)
    const separator = text.slice(keyEnd, start)
    const value = text.slice(start, first)
    const scheme = schemeEnd(text, start, first, closer)
    if (scheme === undefined && (value === '' || isHarmless(value, key))) return
    const isColon = separator.includes(':')
    if (scheme === undefined && isColon && /\s/.test(separator) && isProse(value, text.slice(first, first + 40), key))
      return
    const end =
      key.shape === 'cookie' && isColon
        ? lineEnd(text, start)
        : (scheme ?? this.#wholeLine(keyEnd, first, separator, key))
    this.#hide({ start, end }, key)
    this.#at = Math.max(end, start + 1)
    this.#top().key = undefined
  }

  /**
   * The end of a bare value. The value extends to the end of its line, spaces included, if its key is alone at the
   * start of the line, as in YAML and INI. Otherwise it ends at `first`.
   */
  #wholeLine(keyEnd: number, first: number, separator: string, key: SecretKey): number {
    if (key.isWeak || !/\s$/.test(separator) || this.#top().opener !== '') return first
    const before = this.#text.slice(Math.max(0, keyEnd - 128), keyEnd)
    if (keyEnd > 128 && !before.includes('\n')) return first
    if (!/^\s*(?:- |export )?["'\w.-]+$/.test(before.slice(before.lastIndexOf('\n') + 1))) return first
    const end = lineEnd(this.#text, first)
    return /[=:"']/.test(this.#text.slice(first, Math.min(end, first + 400))) ? first : end
  }

  #wordAt(end: number): void {
    const start = this.#at
    const word = this.#text.slice(start, end)
    if (word === 'arn' && matchAt(ARN, this.#text, start) !== null) this.#at = ARN.lastIndex
    else if (this.#isStrict) this.#scalar(start, end, word)
    else {
      const separator = end < this.#text.length ? matchAt(SEPARATOR, this.#text, end)?.[0] : undefined
      if (separator === undefined || this.#isPart(start, separator)) this.#plainWord(word, start, end)
      else this.#keyed(this.#phrase(word, start), separator.length, end)
    }
  }

  /** Whether a word followed by a colon is part of a longer name, such as `aws:secret:name`. */
  #isPart(start: number, separator: string): boolean {
    return separator === ':' && this.#text[start - 1] === ':' && /[a-z\d]/i.test(this.#text[start - 2] ?? '')
  }

  #plainWord(word: string, start: number, end: number): void {
    this.#word = word
    this.#wordEnd = end
    if (this.#spaced(word, end)) return
    const { secret, key = '' } = this.#top()
    if (secret !== undefined && !/[({]/.test(this.#text[end] ?? '')) this.#inSecret(start, secret)
    else if (VALUED.has(key) || NAMING.has(key)) this.#bareValue(start)
    else this.#at = end
  }

  #bareValue(start: number): void {
    const end = Math.max(start + 1, bareEnd(this.#text, start, CLOSERS[this.#top().opener]))
    this.#collect({ start, end }, this.#text.slice(start, end))
    this.#top().key = undefined
    this.#at = end
  }

  /** Handles a value without quotes inside a container that is a secret. */
  #inSecret(start: number, secret: SecretKey): void {
    const end = Math.max(start + 1, bareEnd(this.#text, start, CLOSERS[this.#top().opener]))
    if (!isHarmless(this.#text.slice(start, end), secret)) this.#hide({ start, end }, secret)
    this.#at = end
  }

  /** Handles a JSON number or a JSON literal such as `true`. */
  #scalar(start: number, end: number, word: string): void {
    const range = { start, end }
    const secret = this.#pending ?? this.#top().secret
    this.#pending = undefined
    this.#at = end
    this.leaves.push({ ...range, isBare: true })
    if (secret !== undefined && !isHarmless(word, secret)) this.#hide(range, secret, true)
    else this.#collect(range, word, true)
  }

  /**
   * The key that ends with this word: two words, such as `api key` or `session id`, if together they name a secret;
   * else the word alone.
   */
  #phrase(word: string, start: number): string {
    const isNext = start - this.#wordEnd === 1 && this.#text[start - 1] === ' '
    const phrase = isNext && endsPhrase(word) ? `${this.#word} ${word}` : word
    return secretKey(phrase) === undefined ? word : phrase
  }

  /**
   * Handles a key with its value after a space: `--password x`, `-u user:x`, `PASSWORD 'x'`, `IDENTIFIED BY 'x'`.
   * Returns false if the word is no such key.
   */
  #spaced(word: string, end: number): boolean {
    const space = matchAt(SPACE, this.#text, end)?.[0].length ?? 0
    const from = end + space
    if (space === 0 || from >= this.#text.length) return false
    if (/^--?[\w-]+$/.test(word) && word.startsWith('-')) return this.#flag(word, from, end)
    const isQuoted = /['"]/.test(this.#text[from] ?? '')
    if (/^by$/i.test(word) && isQuoted && /identified\s$/i.test(this.#text.slice(Math.max(0, end - 13), end - 2)))
      return this.#pend({ kind: 'password', isWeak: false, isPlural: false }, from)
    const key = isQuoted ? secretKey(word) : undefined
    return key?.kind === 'password' ? this.#pend(key, from) : false
  }

  #flag(word: string, from: number, end: number): boolean {
    const text = this.#text
    if (/^(?:-u|--user|--proxy-user)$/.test(word)) {
      const to = bareEnd(text, from, undefined)
      const colon = from + text.slice(from, to).indexOf(':')
      if (colon < from || colon >= to - 1 || /^["']?\w+:\/\//.test(text.slice(from, from + 20))) return false
      this.#hide({ start: colon + 1, end: to }, { kind: 'password', isWeak: false, isPlural: false })
      this.#at = to
      return true
    }
    const key = word.length > 2 ? secretKey(word) : undefined
    if (key === undefined || text[from] === '-') return false
    if (/["'\\]/.test(text[from] ?? '')) return this.#pend(key, from)
    this.#at = from
    this.#bare(end, { ...key, isWeak: false })
    return this.#at > from
  }

  #pend(key: SecretKey, at: number): boolean {
    this.#pending = key
    this.#at = at
    return true
  }

  /**
   * Handles an XML element whose name names a secret: `<password>x</password>`. The attributes of other elements are
   * parsed as keys and values.
   */
  #tag(): void {
    const text = this.#text
    const tag = matchAt(TAG, text, this.#at)
    const key = tag === null ? undefined : secretKey(tag[1] ?? '')
    if (key !== undefined && !(tag?.[2] ?? '').endsWith('/')) {
      const after = TAG.lastIndex
      const from = matchAt(CDATA, text, after) === null ? after : CDATA.lastIndex
      const close = text.indexOf('<', from)
      const to = from > after ? text.indexOf(']]>', from) : close
      const end = to < 0 ? text.length : to
      const value = text.slice(from, end)
      if (close >= 0 && value.trim() === '') this.#at = after
      else {
        if (!isHarmless(value, key)) this.#hide({ start: from, end }, key)
        this.#at = end
      }
      return
    }
    if (matchAt(OPEN_TAG, text, this.#at) !== null) this.#push('<')
    this.#at += 1
  }
}

/**
 * The secret that a list element names, if its value is the next element: `["--password", "x"]`, `("authorization",
 * "Bearer x")`. Undefined for other elements.
 */
const flagOf = (text: string, opener: string): SecretKey | undefined => {
  if (text.length > 64) return undefined
  const key = secretKey(text)
  const isPair = opener === '(' || text.startsWith('-') || key?.shape !== undefined || /^x-/i.test(text)
  return isPair && /^[\w-]+$/.test(text) ? key : undefined
}

export const structureOf = (text: string, isStrict: boolean, isCut: boolean): Structure => {
  const scanner = new Scanner(text, isStrict)
  scanner.run(isCut)
  return { spans: scanner.found, strings: scanner.inner, leaves: scanner.leaves }
}

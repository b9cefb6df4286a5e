// Pure: reads a line as a POSIX shell reads it, as far as it says the same to every shell: words and quotes, without
// expansions, lists and redirections. Source: POSIX.1-2024, Shell Command Language, sections 2.2 and 2.3.

/** Outside of quotes, these characters mean something to a shell. */
const SPECIAL = /[|&;<>()$`*?[#~!{}\n]/
/** The characters that a backslash escapes in double quotes. */
const ESCAPED_IN_DOUBLE = /["\\$`]/

/** The words of a line; undefined where a shell would do more than split it. */
export const shellWords = (line: string): readonly string[] | undefined => {
  const words: string[] = []
  let word: string | undefined
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at)
    if (char === ' ' || char === '\t') {
      if (word !== undefined) words.push(word)
      word = undefined
      continue
    }
    const part = char === "'" ? inSingle(line, at) : char === '"' ? inDouble(line, at) : bare(line, at)
    if (part === undefined) return undefined
    word = `${word ?? ''}${part.text}`
    at = part.end
  }
  return word === undefined ? words : [...words, word]
}

/** `end`: the index of the last character that was read. */
type Part = { readonly text: string; readonly end: number }

const bare = (line: string, at: number): Part | undefined => {
  const char = line.charAt(at)
  if (char === '\\') return at + 1 < line.length ? { text: line.charAt(at + 1), end: at + 1 } : undefined
  return SPECIAL.test(char) ? undefined : { text: char, end: at }
}

const inSingle = (line: string, open: number): Part | undefined => {
  const end = line.indexOf("'", open + 1)
  return end < 0 ? undefined : { text: line.slice(open + 1, end), end }
}

const inDouble = (line: string, open: number): Part | undefined => {
  let text = ''
  for (let at = open + 1; at < line.length; at += 1) {
    const char = line.charAt(at)
    if (char === '"') return { text, end: at }
    if (char === '$' || char === '`') return undefined
    const isEscaped = char === '\\' && ESCAPED_IN_DOUBLE.test(line.charAt(at + 1))
    if (isEscaped) at += 1
    text += isEscaped ? line.charAt(at) : char
  }
  return undefined
}

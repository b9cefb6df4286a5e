// Splits a command into arguments as the agent does, with the rules of google/shlex and without a shell. Source: the
// code of the reference agent.

export type Split = { readonly argv: readonly string[] } | { readonly error: string }

type State = 'between' | 'word' | 'escaped' | 'double' | 'escaped-in-double' | 'single' | 'comment'

const UNFINISHED: Partial<Record<State, string>> = {
  escaped: 'EOF found after escape character',
  'escaped-in-double': 'EOF found after escape character',
  double: 'EOF found when expecting closing quote',
  single: 'EOF found when expecting closing quote',
}

const isSpace = (char: string): boolean => char === ' ' || char === '\t' || char === '\r' || char === '\n'
const OPENS: Readonly<Record<string, State>> = { '"': 'double', "'": 'single', '\\': 'escaped' }

/** Processes one character. Returns the next state, and whether the character becomes part of the current word. */
const step = (state: State, char: string): readonly [State, boolean] => {
  switch (state) {
    case 'between':
      if (char === '#') return ['comment', false]
      return isSpace(char) ? ['between', false] : [OPENS[char] ?? 'word', OPENS[char] === undefined]
    case 'word':
      return isSpace(char) ? ['between', false] : [OPENS[char] ?? 'word', OPENS[char] === undefined]
    case 'escaped':
      return ['word', true]
    case 'double':
      if (char === '\\') return ['escaped-in-double', false]
      return char === '"' ? ['word', false] : ['double', true]
    case 'escaped-in-double':
      return ['double', true]
    case 'single':
      return char === "'" ? ['word', false] : ['single', true]
    case 'comment':
      return [char === '\n' ? 'between' : 'comment', false]
  }
}

export const splitCommand = (command: string): Split => {
  const argv: string[] = []
  let state: State = 'between'
  let word = ''
  for (const char of command) {
    const [next, kept] = step(state, char)
    if (kept) word += char
    if (next === 'between' && state === 'word') {
      argv.push(word)
      word = ''
    }
    state = next
  }
  const error = UNFINISHED[state]
  if (error !== undefined) return { error }
  return { argv: state === 'word' ? [...argv, word] : argv }
}

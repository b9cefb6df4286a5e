// Renders a line as a terminal would, as plain text: overwritten progress keeps its last state.
import { ESCAPES, neutralise } from '../redact/redact.ts'

/** Erase in line (ECMA-48 EL), to the end or whole; carriage return or backspace; or a run of other text. */
const TOKEN = /\x1b\[([02]?)K|[\r\b]|(?:(?!\x1b\[[02]?K)[^\r\b])+/g

/** `line`: without its line end. Runs in linear time. */
export const plainLine = (line: string): string => {
  if (!/[\r\b]|\x1b\[[02]?K/.test(line)) return neutralise(line)
  const cells: string[] = []
  let at = 0
  for (const [token, erased] of line.matchAll(TOKEN)) {
    if (token === '\r' || erased === '2') at = 0
    if (token === '\b') at = Math.max(0, at - 1)
    if (erased !== undefined) cells.length = at
    else if (token !== '\r' && token !== '\b')
      for (const char of token.replace(ESCAPES, '')) {
        cells[at] = char
        at += 1
      }
  }
  return neutralise(cells.join(''))
}

// Renders a line as plain text, as a terminal shows it. Of a progress line that was overwritten, only the last state is
// shown.
import { ESCAPES, neutralise } from './neutralise.ts'

/** Matches erase in line (ECMA-48 EL), to the end or whole; a carriage return or backspace; or a run of other text. */
const TOKEN = /\x1b\[([02]?)K|[\r\b]|(?:(?!\x1b\[[02]?K)[^\r\b])+/g

/** Renders one line, given without its line end. Runs in linear time. */
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

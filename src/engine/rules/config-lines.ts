// Finds the line of quarterdeck.yaml that contains a problem.

import { type Document, isMap, isNode, isScalar, type LineCounter } from 'yaml'

/** The line of the value at this path, or of the nearest parent that exists; 1 for the whole file. */
export const lineOf = (path: readonly PropertyKey[], document: Document.Parsed, lines: LineCounter): number => {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node: unknown = document.getIn(path.slice(0, depth), true)
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
  }
  return 1
}

/** The line of a key at the top level of the file; undefined if the key is absent. */
export const lineOfKey = (key: string, document: Document.Parsed, lines: LineCounter): number | undefined => {
  if (!isMap(document.contents)) return undefined
  const found = document.contents.items.find(({ key: node }) => isScalar(node) && node.value === key)?.key
  return isNode(found) && found.range ? lines.linePos(found.range[0]).line : undefined
}

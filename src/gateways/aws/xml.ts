// Reads single fields from XML answers of AWS.
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

export const unescapeXml = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name] ?? '')

/** The text of the first XML element with this name; empty if there is none. */
export const readXml = (xml: string, tag: string): string =>
  unescapeXml(new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1] ?? '')

/** The content of each `member` of the first list with this name. Nested lists are not parsed. */
export const readMembers = (xml: string, list: string): readonly string[] => {
  const start = xml.indexOf(`<${list}>`)
  if (start < 0) return []
  const found: string[] = []
  let [depth, from] = [0, 0]
  for (const { 0: tag, index } of xml.slice(start).matchAll(new RegExp(`</?member>|</${list}>`, 'g'))) {
    if (tag === `</${list}>`) break
    if (tag === '<member>' && depth++ === 0) from = start + index + tag.length
    if (tag === '</member>' && --depth === 0) found.push(xml.slice(from, start + index))
  }
  return found
}

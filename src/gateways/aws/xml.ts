// The few fields that are read of XML answers, where an SDK's client would be large for what is asked.
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

export const unescapeXml = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name] ?? '')

/** The text of the first element of that name; empty where there is none. */
export const readXml = (xml: string, tag: string): string =>
  unescapeXml(new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1] ?? '')

/** What is in each `member` of the first list of that name, lists within them left as they are. */
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

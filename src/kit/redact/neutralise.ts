// Removes what a terminal does not show: escape sequences, control characters and invisible characters.

/** Matches terminal escape sequences, which could split a secret in two. */
export const ESCAPES =
  /\x1b(?:\[[0-9;:?]{0,32}[ -/]{0,4}[@-~]|\][^\x07\x1b]{0,2048}(?:\x07|\x1b\\)?|[PX^_][^\x1b]{0,2048}\x1b\\|[@-Z\\-_])|\x9b[0-9;:?]{0,32}[@-~]/g

/**
 * Matches escape sequences and control characters that are written in JSON or source notation, with all backslashes
 * before them: text inside nested JSON has several.
 */
const WRITTEN =
  /(?<!\\)\\{1,32}(?:(?:u00(?:1[bB]|9[bB])|x1[bB]|033|e)\[[0-9;:?]{0,32}[ -/]{0,4}[@-~]|u(?:00(?:0[0-8bBeEfF]|1[0-9a-fA-F]|7[fF]|[89][0-9a-fA-F]|[aA][dD])|20(?:0[b-fB-F]|2[89a-eA-E]|6[0-46-9a-fA-F])|[fF][eE](?:0[0-9a-fA-F]|[fF][fF])))/g

// Matches control characters except tab and line ends, zero-width characters, and direction marks.
const CONTROLS =
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]|[\ufe00-\ufe0f]/g

/** Removes terminal escapes, control characters and invisible characters. */
export const neutralise = (text: string): string => {
  const plain = text.replace(ESCAPES, '').replace(CONTROLS, '')
  return plain.includes('\\') ? plain.replace(WRITTEN, '') : plain
}

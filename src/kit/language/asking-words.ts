// Words around a command line: polite words, which have no effect, and words that request help.

import type { Word } from './tokenise.ts'

const HELP = /^(?:\?{1,3}|--?h|--help|help|halp)$/i
/** Matches a last word that requests help for the words before it. No argument has this form. */
const HELP_AT_END = /^(?:\?{1,3}|--?h|--help)$/i

const COURTESY = /^(?:please|pls|plz|thanks|kindly)[,.!]?$/i

const isPlain = ({ quoted, rest }: Word): boolean => !quoted && rest === undefined

/** A line without polite words at its beginning and its end, as in `please scale orders-api to 6, thanks`. */
export const withoutCourtesy = (words: readonly Word[]): readonly Word[] => {
  const isCourtesy = (word: Word) => isPlain(word) && COURTESY.test(word.text)
  const from = words.findIndex(word => !isCourtesy(word))
  return from < 0 ? [] : words.slice(from, words.findLastIndex(word => !isCourtesy(word)) + 1)
}

/** Whether the word joins a value to its command, as in `scale orders-api to 6`. */
export const isJoint = (word: Word): boolean => isPlain(word) && /^(?:to|=|→|->)$/i.test(word.text)

/**
 * The topic for which help is requested: all words except the one that requests help. Undefined if the line does not
 * request help.
 */
export const helpTopic = (words: readonly Word[]): string | undefined => {
  const asks = (word: Word | undefined, form: RegExp) => word !== undefined && isPlain(word) && form.test(word.text)
  const topicOf = (about: readonly Word[]) =>
    about
      .map(({ text }) => text.toLowerCase().replace(/^\/?ecs$/, ''))
      .join(' ')
      .trim()
  if (asks(words[0], HELP)) return topicOf(words.slice(1))
  return asks(words.at(-1), HELP_AT_END) || (words.length > 1 && words.length <= 3 && asks(words.at(-1), HELP))
    ? topicOf(words.slice(0, -1))
    : undefined
}

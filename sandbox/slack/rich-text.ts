// The schema of rich_text blocks. Table cells may also contain these blocks.
import { byType, flag, list, number, oneOf, shape, text, type } from './check.ts'
import { ID } from './elements.ts'

const style = shape({}, { bold: flag, italic: flag, strike: flag, code: flag, underline: flag })
const styled = { style }

const inline = byType({
  text: shape({ type: type('text'), text: text() }, styled),
  link: shape({ type: type('link'), url: text({ max: 3000 }) }, { ...styled, text: text(), unsafe: flag }),
  emoji: shape({ type: type('emoji'), name: text() }, { ...styled, unicode: text(), url: text() }),
  user: shape({ type: type('user'), user_id: text() }, styled),
  usergroup: shape({ type: type('usergroup'), usergroup_id: text() }, styled),
  channel: shape({ type: type('channel'), channel_id: text() }, styled),
  broadcast: shape({ type: type('broadcast'), range: oneOf('here', 'channel', 'everyone') }, styled),
  color: shape({ type: type('color'), value: text() }, styled),
  date: shape(
    { type: type('date'), timestamp: number(), format: text() },
    { ...styled, url: text(), fallback: text() },
  ),
})

const elements = list(inline)
const border = { border: oneOf(0, 1) }
const section = shape({ type: type('rich_text_section'), elements })

export const richText = shape(
  {
    type: type('rich_text'),
    elements: list(
      byType({
        rich_text_section: section,
        rich_text_list: shape(
          {
            type: type('rich_text_list'),
            elements: list(byType({ rich_text_section: section })),
            style: oneOf('bullet', 'ordered'),
          },
          { ...border, indent: number({ min: 0, max: 8 }), offset: number({ min: 0 }) },
        ),
        rich_text_quote: shape({ type: type('rich_text_quote'), elements }, border),
        rich_text_preformatted: shape(
          { type: type('rich_text_preformatted'), elements },
          { ...border, language: text() },
        ),
      }),
      { min: 1 },
    ),
  },
  { block_id: ID },
)

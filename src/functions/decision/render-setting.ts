// Renders the message about a changed setting.

import { plain, richText, section } from '../../kit/messages/markup.ts'
import type { Actor } from '../../model/ecs.ts'
import type { Rendered } from '../../model/ports/message.ts'

export const renderSetting = (text: string, by: Actor): Rendered => ({
  text: `${plain(text)} (${plain(by.name)})`,
  blocks: [richText(section(text))],
})

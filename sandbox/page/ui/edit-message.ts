// Lets the person of this page edit and delete the person's own messages.
import type { Message } from '../../slack/types.ts'
import type { App } from './app.ts'
import { confirmed } from './confirm.ts'
import { button, freshId, h, on } from './dom.ts'
import type { Item } from './menu.ts'
import type { Store } from './store.ts'

/** The text as its author typed it, with names instead of ids. */
const typedText = (text: string, store: Store): string =>
  text
    .replace(/<@(\w+)>/g, (whole, id: string) => (store.users.has(id) ? `@${store.users.get(id)?.name}` : whole))
    .replace(/<#(\w+)\|[^>]*>/g, (whole, id: string) =>
      store.channels.has(id) ? `#${store.channels.get(id)?.name}` : whole,
    )
    .replace(/<!subteam\^(\w+)>/g, (whole, id: string) =>
      store.groups.has(id) ? `@${store.groups.get(id)?.handle}` : whole,
    )
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

const openEditor = (message: Message, app: App): void => {
  const { channel, ts } = message
  const title = freshId('edit')
  const close = () => {
    dialog.close()
    dialog.remove()
  }
  const save = () => {
    const text = area.value.trim()
    if (text === '') return
    close()
    void app.act('/ui/edit', { channel, ts, text })
  }
  const area = h('textarea', { class: 'input', rows: 3, 'aria-labelledby': title, spellcheck: 'false' })
  area.value = typedText(message.text, app.store)
  const foot = h(
    'div',
    { class: 'modal-foot' },
    button({ class: 'button' }, close, 'Cancel'),
    button({ class: 'button primary solid' }, save, 'Save'),
  )
  const head = h('div', { class: 'modal-head' }, h('h2', { id: title }, 'Edit message'))
  const dialog = h(
    'dialog',
    { class: 'modal', 'aria-modal': 'true', 'aria-labelledby': title },
    head,
    h('div', { class: 'modal-body' }, area),
    foot,
  )
  on(dialog, { close: () => dialog.remove() })
  on(area, {
    keydown: event => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
      event.preventDefault()
      save()
    },
  })
  document.body.append(dialog)
  dialog.showModal()
  area.focus()
  area.setSelectionRange(area.value.length, area.value.length)
}

const DELETE = {
  title: { type: 'plain_text', text: 'Delete message' },
  text: { type: 'plain_text', text: 'The message is deleted for everyone. Requests that it made stay.' },
  confirm: { type: 'plain_text', text: 'Delete' },
  style: 'danger',
}

const deleteMessage = async ({ channel, ts }: Message, app: App): Promise<void> => {
  if (await confirmed(DELETE, app)) await app.act('/ui/delete', { channel, ts })
}

/** The menu items for an own message of the person; an empty list for messages of others. */
export const ownMessageItems = (message: Message, app: App): readonly Item[] =>
  message.user === app.store.me
    ? [
        { label: 'Edit message', run: () => openEditor(message, app) },
        { label: 'Delete message', run: () => void deleteMessage(message, app) },
      ]
    : []

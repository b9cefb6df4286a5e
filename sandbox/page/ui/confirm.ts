// The confirmation dialogs of buttons and selects.
import { jsonOf } from '../../slack/json.ts'
import type { App } from './app.ts'
import { button, freshId, h, on } from './dom.ts'
import { plainText, textObject } from './text.ts'

/**
 * Shows a confirmation dialog. Resolves to whether the person confirmed; if `value` defines no dialog, resolves to true at once.
 */
export const confirmed = (value: unknown, app: App): Promise<boolean> => {
  if (value === undefined) return Promise.resolve(true)
  const confirm = jsonOf(value)
  const title = freshId('confirm')
  const body = freshId('confirm-body')
  return new Promise(resolve => {
    const finish = (answer: boolean) => {
      dialog.close()
      dialog.remove()
      resolve(answer)
    }
    const style = confirm['style'] === 'danger' ? 'danger' : 'primary'
    const deny = button({ class: 'button' }, () => finish(false), plainText(confirm['deny']) || 'Cancel')
    const dialog = h(
      'dialog',
      {
        class: 'modal confirm',
        role: 'alertdialog',
        'aria-modal': 'true',
        'aria-labelledby': title,
        'aria-describedby': body,
      },
      h('h2', { id: title, class: 'confirm-title' }, plainText(confirm['title']) || 'Are you sure?'),
      h('div', { id: body, class: 'confirm-body' }, textObject(confirm['text'], app)),
      h(
        'div',
        { class: 'modal-foot' },
        deny,
        button({ class: `button ${style} solid` }, () => finish(true), plainText(confirm['confirm']) || 'Yes'),
      ),
    )
    on(dialog, {
      cancel: event => {
        event.preventDefault()
        finish(false)
      },
    })
    document.body.append(dialog)
    dialog.showModal()
    deny.focus()
  })
}

/** Why a run failed; after a loss that was no number, what to try, each with one press. */
import { mayEdit } from '../lib/page'
import { Note } from '../parts/basics'
import { Button } from '../parts/Button'
import { goOnWith } from './deeds'
import { valueWords, type FieldWords } from './fields'
import type { Run } from './wire'

export function Failure({ run, words }: { run: Run; words: FieldWords }) {
  return (
    <Note mood="danger">
      {run.sentence || 'It failed.'}
      {mayEdit() && run.advice.length > 0 && (
        <div className="row wrap advice" role="group" aria-label="What to try">
          {run.advice.map((one) => <Button key={one.title} small kind="line" title={changeWords(run, one.changes, words)} onClick={() => goOnWith(run, one.changes)}>{one.title}</Button>)}
        </div>
      )}
    </Note>
  )
}

/** "R1 weight: 0.1, was 0.05". */
export function changeWords(run: Pick<Run, 'config'>, changes: Readonly<Record<string, unknown>>, words: FieldWords): string {
  const config: Readonly<Record<string, unknown>> = run.config
  return Object.entries(changes).map(([name, value]) => `${words[name]?.title ?? name}: ${valueWords(value, words[name])}, was ${valueWords(config[name], words[name])}`).join('\n')
}

/** Exports: the weights of a snapshot as files for other tools. What has been written once is there at once. */
import { fileSize, shortHash } from '../lib/format'
import { mayEdit } from '../lib/page'
import { Button } from '../parts/Button'
import { Bar } from '../parts/Progress'
import { toastFault } from '../parts/toasts'
import { Tip } from '../parts/Tooltip'
import { post } from '../wire/api'
import { refresh, useAsk } from '../wire/query'
import type { Snapshot } from '../wire/types'
import { networkQueries } from './queries'
import type { ExportForm, SnapshotExport } from './wire'

interface Form {
  form: ExportForm
  title: string
  words: string
  /** What the form can hold. */
  holds: (snapshot: Shape) => boolean
}

type Shape = Pick<Snapshot, 'kind' | 'num_classes' | 'z_dim' | 'w_dim'>

const forms: Form[] = [
  { form: 'state_dict', title: 'State dict', words: 'A plain .pt with NVIDIA’s tensor names', holds: ({ kind }) => kind === 'stylegan2' || kind === 'stylegan3' },
  { form: 'rosinality', title: 'Rosinality', words: 'A .pt as rosinality’s converter writes it', holds: ({ kind, num_classes, z_dim, w_dim }) => kind === 'stylegan2' && num_classes === 0 && z_dim === w_dim },
]

export function formsFor(snapshot: Shape): Form[] {
  return forms.filter((one) => one.holds(snapshot))
}

export function Exports({ snapshot }: { snapshot: Snapshot }) {
  const made = useAsk(networkQueries.exports(snapshot.id))
  const offered = formsFor(snapshot)
  const order = (form: ExportForm): void => {
    post(`/snapshots/${snapshot.id}/exports`, { form })
      .then(() => Promise.all([refresh('exports', snapshot.id), refresh('jobs')]))
      .catch((fault: unknown) => toastFault(fault, 'The file was not ordered.'))
  }
  return (
    <section className="sect downloads" aria-label="Downloads">
      <div className="title">Downloads</div>
      <FileLine title="Safetensors" words={`As the studio keeps it, ${fileSize(snapshot.size_bytes)}`} href={`/api/v1/snapshots/${snapshot.id}/file?download=1`} />
      {snapshot.has_original && <FileLine title="Original" words={snapshot.original_name} href={`/api/v1/snapshots/${snapshot.id}/original?download=1`} />}
      {offered.map((one) => <ExportLine key={one.form} form={one} made={made.data?.items.find((other) => other.form === one.form)} onOrder={() => order(one.form)} />)}
    </section>
  )
}

function FileLine({ title, words, href }: { title: string; words: string; href: string }) {
  return (
    <div className="row fileline">
      <div className="grow"><div className="xs strong">{title}</div><div className="xxs faint num clip" title={words}>{words}</div></div>
      <Button small kind="quiet" icon="download" href={href} download aria-label={`Download: ${title}`}>Download</Button>
    </div>
  )
}

function ExportLine({ form, made, onOrder }: { form: Form; made: SnapshotExport | undefined; onOrder: () => void }) {
  if (made?.url) return <FileLine title={form.title} words={`${form.words}${made.size_bytes === null ? '' : `, ${fileSize(made.size_bytes)}`}`} href={made.url} />
  const isFailed = made?.state === 'failed'
  return (
    <div className="fileline">
      <div className="row">
        <div className="grow"><div className="xs strong">{form.title}</div><div className={isFailed ? 'xxs danger' : 'xxs faint clip'} role={isFailed ? 'alert' : undefined}>{isFailed ? made.sentence : form.words}</div></div>
        {made && !isFailed ? <span className="xs soft">{made.sentence || 'Being written'}</span> : mayEdit() && <Button small kind="quiet" icon="down" onClick={onOrder} aria-label={`Export: ${form.title}`}>Export</Button>}
      </div>
      {made && !isFailed && <Bar share={null} label={`Export as ${form.title}`} />}
    </div>
  )
}

/** A hash as four and four, whole on hover. */
export function Hash({ value }: { value: string }) {
  return <Tip text={value}><span className="mono" tabIndex={0} data-hash={value}>{shortHash(value)}</span></Tip>
}


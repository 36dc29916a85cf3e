import { address, mayEdit, pageData } from '../../lib/page'
import { Button } from '../../parts/Button'
import { Icon, type IconName } from '../../parts/Icon'
import { DropCard, UploadRows } from '../../parts/Uploader'
import { useServices } from '../../shell/live'
import { queries, refresh, useAsk } from '../../wire/query'
import type { UploadKind } from '../../wire/uploads'

/** A project that holds nothing: what to begin with. */
export function NothingYet({ kind, choose }: { kind: UploadKind; choose: () => void }) {
  const services = useServices()
  const projects = useAsk(queries.projects())
  const demo = projects.data?.items.find((one) => one.is_demo && one.id !== pageData().project?.id)
  const isEditor = mayEdit()
  return (
    <div className="middle">
      <div className="nothing-yet">
        <h1>Nothing in “{pageData().project?.name}” yet</h1>
        <p className="soft">{isEditor ? 'Start with a track. It can be heard and cued while everything else is still away.' : 'Somebody who may edit adds the first track.'}</p>
        {isEditor && (
          <DropCard title="Drop music here" choose={choose}>
            WAV, MP3, FLAC, OGG, Opus, M4A or AIFF. An upload that breaks off goes on where it stopped.
          </DropCard>
        )}
        {isEditor && <div style={{ marginTop: 16 }}><UploadRows kind={kind} onArrived={() => void refresh('tracks')} /></div>}
        <div className="three">
          {isEditor && (
            <Way icon="network" title="Bring a network" href={address.place('networks')} act="Import snapshots">
              StyleGAN2 files or safetensors. Nothing in a file is ever run.
            </Way>
          )}
          {isEditor && (
            <Way icon="dice" title="Make patterns" href={`${address.place('networks')}#pattern`} act="Make a pattern network">
              A small network drawn from a seed, in six species. It looks like something untrained.
            </Way>
          )}
          {isEditor && (
            <Way icon="camera" title="Photograph someone" href={address.place('library')} act="Open the library">
              Pair a Raspberry Pi with a camera, or add photos that you have.
            </Way>
          )}
          {demo && (
            <Way icon="play" title="Look around first" href={address.home(demo.id)} act="Open the demo">
              The demo project has a track, a network and a scene that plays at once.
            </Way>
          )}
        </div>
        {(services === null || services.state === 'none') && (
          <div className="note" style={{ marginTop: 20 }}>
            <Icon name="machine" />
            <div className="grow">No render service is attached. Films and previews need one; tracks, cues and the library do not.</div>
            <a href={`${address.place('settings')}#machines`}>Attach one</a>
          </div>
        )}
      </div>
    </div>
  )
}

function Way({ icon, title, children, href, act }: { icon: IconName; title: string; children: string; href: string; act: string }) {
  return (
    <div className="card way">
      <span className="accent"><Icon name={icon} size="big" /></span>
      <div className="strong">{title}</div>
      <div className="soft grow">{children}</div>
      <div><Button kind="line" href={href}>{act}</Button></div>
    </div>
  )
}

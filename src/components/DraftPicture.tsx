import { Alert } from '@grafana/ui';
import React from 'react';
import { lostOf } from '../flow/draft';
import { isScore, share, valueText } from '../flow/preview';
import { DRAFT_HOURS, DraftPreviewState } from '../hooks/useDraftPreview';
import { labels } from '../labels';
import { Sparkline } from './Sparkline';

/** What an SLI measures while it is chosen: its value now, the last hours, and what would have been lost in them. */
export function DraftPicture({ state: { asking, preview, fault } }: { state: DraftPreviewState }) {
  const text = labels.draft;
  const [sli] = preview?.slis ?? [];
  const lost = sli && lostOf(sli, DRAFT_HOURS);
  return (
    <div role="status" aria-label={text.picture} aria-busy={asking}>
      {fault && <Alert severity="warning" title={text.failed(fault)} />}
      {!fault && !sli && <p>{asking ? text.asking : text.incomplete}</p>}
      {sli && (
        <>
          <p>
            {sli.score === null
              ? labels.preview.noScore
              : text.now(share(sli.score), isScore(sli) ? '' : valueText(sli), sli.traffic)}
          </p>
          <Sparkline
            label={text.history(sli.name, DRAFT_HOURS)}
            values={sli.history}
            width={360}
            height={90}
            min={0}
            max={1}
          />
          {lost && <p>{text.lost(DRAFT_HOURS, lost)}</p>}
        </>
      )}
    </div>
  );
}

import { QueryEditorHelpProps } from '@grafana/data';
import { Button } from '@grafana/ui';
import React from 'react';
import { EXAMPLES } from '../flow/examples';
import { complete } from '../flow/query';
import { sentence } from '../flow/sentence';
import { labels } from '../labels';
import { CerQuery } from '../types';

/** Examples of queries; a click takes one over. */
export function QueryHelp({ onClickExample }: QueryEditorHelpProps<CerQuery>) {
  return (
    <section aria-label={labels.help.title}>
      <h2>{labels.help.title}</h2>
      <p>{labels.help.intro}</p>
      <ul>
        {EXAMPLES.map(({ title, query }) => {
          const example = complete({ ...query, refId: 'A' });
          return (
            <li key={title}>
              <Button type="button" fill="text" onClick={() => onClickExample(example)}>
                {title}
              </Button>
              <p>{sentence(example)}</p>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

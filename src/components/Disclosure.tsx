import { Button } from '@grafana/ui';
import React, { ReactNode, useId, useState } from 'react';

interface Props {
  showLabel: string;
  hideLabel: string;
  /** Made only while it is shown. */
  children: () => ReactNode;
}

/** A button that shows and hides what is below it. */
export function Disclosure({ showLabel, hideLabel, children }: Props) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <div>
      <Button
        type="button"
        variant="secondary"
        fill="text"
        size="sm"
        icon={open ? 'angle-down' : 'angle-right'}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {open ? hideLabel : showLabel}
      </Button>
      <div id={id}>{open && children()}</div>
    </div>
  );
}

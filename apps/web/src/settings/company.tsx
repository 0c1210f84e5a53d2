import { useQuery } from '@tanstack/react-query';
import { Loaded } from '../ui/loaded.tsx';
import { AiPanel } from './ai-panel.tsx';
import { CompanyPanel } from './company-panel.tsx';
import { Panel } from './panel.tsx';
import { companyQuery } from './people-queries.ts';
import { RetentionPanel } from './retention-panel.tsx';

/** What holds for the whole company: its name and look, what machines may do, and how long things are kept. */
export function CompanySettings() {
  const company = useQuery(companyQuery);
  if (company.data === undefined) {
    return (
      <Panel title="Company">
        <Loaded query={company} what="The company’s settings">
          {() => null}
        </Loaded>
      </Panel>
    );
  }
  return (
    <>
      <CompanyPanel company={company.data} />
      <AiPanel company={company.data} />
      <RetentionPanel company={company.data} />
    </>
  );
}

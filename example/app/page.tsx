import Link from "next/link";
import { RenderFacts } from "@/components/facts";
import { PAGES } from "@/components/nav";
import { stamp } from "@/lib/identity";

export const dynamic = "force-dynamic";

export default function HomePage() {
  return (
    <>
      <h1>Many pods, one site</h1>
      <p>
        Each page uses a feature that breaks when a second server joins the first, and shows which
        pod did the work. Reload: the pod changes, the site does not.
      </p>
      <ul>
        {PAGES.map(({ href, title, shows }) => (
          <li key={href}>
            <Link href={href} prefetch={false}>
              {title}
            </Link>
            : {shows}
          </li>
        ))}
      </ul>
      <dl>
        <RenderFacts stamp={stamp()} />
      </dl>
    </>
  );
}

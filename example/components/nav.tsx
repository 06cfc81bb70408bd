import Link from "next/link";

export const PAGES = [
  { href: "/time", title: "Time", shows: "a page that is rendered anew every 5 seconds" },
  { href: "/tagged", title: "Tagged", shows: "a page that stays until its tag is revalidated" },
  { href: "/cached", title: "Cached", shows: "a value kept by the 'use cache' directive" },
  { href: "/images", title: "Images", shows: "an image that the server scales and converts" },
  { href: "/uploads", title: "Uploads", shows: "files that any pod can read back" },
  { href: "/session", title: "Session", shows: "a counter that outlives the pod that made it" },
  { href: "/action", title: "Action", shows: "a form that any pod can take" },
  { href: "/stream", title: "Stream", shows: "a page that arrives piece by piece" },
] as const;

export function Nav() {
  return (
    <nav>
      <Link href="/" prefetch={false}>
        Home
      </Link>
      {PAGES.map(({ href, title }) => (
        <Link key={href} href={href} prefetch={false}>
          {title}
        </Link>
      ))}
    </nav>
  );
}

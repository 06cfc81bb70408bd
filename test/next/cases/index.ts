import type { Case } from "../lib/case";
import { actions } from "./actions";
import { after } from "./after";
import { appFetch, appRoutes, unstableCache } from "./appFetch";
import { appStatic } from "./appStatic";
import { draftMode, middleware } from "./draftMode";
import { i18n, pagesMiddleware } from "./i18n";
import { notFound } from "./notFound";
import { onRequestError } from "./onRequestError";
import { onDemand, preview } from "./onDemand";
import { ppr } from "./ppr";
import { prerender } from "./prerender";
import { resumeDataCache } from "./resumeDataCache";
import { revalidateRoutes } from "./revalidate";
import { segmentCache } from "./segmentCache";
import { standalone } from "./standalone";
import { updateTag } from "./updateTag";
import { useCache } from "./useCache";
import { cacheLife, useCacheActions } from "./useCacheActions";

/** All cases, by suite. */
export const CASES: readonly Case[] = [
  appStatic,
  appFetch,
  unstableCache,
  appRoutes,
  revalidateRoutes,
  updateTag,
  actions,
  after,
  onRequestError,
  notFound,
  draftMode,
  middleware,
  standalone,
  useCache,
  cacheLife,
  useCacheActions,
  ppr,
  segmentCache,
  resumeDataCache,
  prerender,
  onDemand,
  preview,
  i18n,
  pagesMiddleware,
].flat();

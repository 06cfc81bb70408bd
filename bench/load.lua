-- For wrk: which requests it sends, and its result as one line of JSON. bench/load.ts gives the arguments:
--   path PATH                            the same page again and again
--   hot PAGES                            articles that many ask for
--   flood PAGES SEED                     the same articles, each time with another query
--   mixed PAGES TAIL SEED                80 % hot articles, 15 % of a long tail, 5 % dynamic pages
local encoding = os.getenv("LOAD_ENCODING")
local counter = 0

local function article(pages) return "/p/" .. math.random(1, pages) end

local function query(pages)
  counter = counter + 1
  return string.format("%s?q=%d-%d", article(pages), math.random(1, 2147483647), counter)
end

-- The tail begins where no other load has a page.
local function any(pages, tail)
  local share = math.random()
  if share < 0.80 then return article(pages) end
  if share < 0.95 then return "/p/" .. (1000000 + math.random(1, tail)) end
  return "/d/" .. math.random(1, tail)
end

local function requestsOf(path)
  return function() return wrk.format(nil, path()) end
end

function init(args)
  if encoding ~= nil and encoding ~= "" then wrk.headers["Accept-Encoding"] = encoding end
  local kind, first, second = args[1], tonumber(args[2]), tonumber(args[3])
  math.randomseed(tonumber(args[#args]) or 1)
  if kind == "path" then
    -- without a function `request` wrk makes it once
    wrk.path = args[2]
  elseif kind == "hot" then
    request = requestsOf(function() return article(first) end)
  elseif kind == "flood" then
    request = requestsOf(function() return query(first) end)
  elseif kind == "mixed" then
    request = requestsOf(function() return any(first, second) end)
  else
    error("load.lua: '" .. tostring(kind) .. "' is no kind of load")
  end
end

function done(summary, latency, requests)
  local failed = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"microseconds":%d,"bytes":%d,"failed":%d,"late":%d,"p50":%d,"p99":%d}\n',
    summary.requests, summary.duration, summary.bytes,
    failed.connect + failed.read + failed.write + failed.status, failed.timeout,
    latency:percentile(50), latency:percentile(99)))
end

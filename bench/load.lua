-- load.lua MODE PATH [COOKIE]: what wrk sends. get: the same page again and again; tell: a new report each time; change:
-- PATH is a file, a form's token in its first line, then an address a line, each sent once.
-- The last line is for script/bench: requests, errors, seconds, p50, p95, p99 in milliseconds.
local body = "about=person&what=" .. string.rep("seen+near+the+kiln+at+night+", 8) ..
	"&where=Invented+place&area=IN-UD-RMP&anonymous=no&reporter_name=Kalpanik&reporter_contact=00000+00000&_once="

function init(args)
	wrk.headers["Cookie"] = args[3]
	if args[1] == "tell" then
		math.randomseed(tonumber(tostring({}):match("0x(%x+)"), 16) + os.time())
		wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
		function request()
			local once = string.format("%08x%08x", math.random(0, 2 ^ 31 - 1), math.random(0, 2 ^ 31 - 1))
			return wrk.format("POST", args[2], nil, body .. once)
		end
	elseif args[1] == "change" then
		local file = assert(io.open(args[2]))
		local token, next_path = file:read("l"), file:lines()
		wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
		function request()
			local path = next_path()
			if not path then wrk.thread:stop() end
			return wrk.format("POST", path or "/", nil, "_version=1&_token=" .. token)
		end
	else
		local whole = wrk.format("GET", args[2])
		function request() return whole end
	end
end

function done(summary, latency)
	local e = summary.errors
	io.write(string.format("figures %d %d %.3f %.2f %.2f %.2f\n", summary.requests,
		e.connect + e.read + e.write + e.status + e.timeout, summary.duration / 1e6,
		latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3))
end

-- SPDX-License-Identifier: MIT
-- For wrk: each request comes from another of so many clients, as a trusted proxy tells of them.
--   wrk -s clients.lua URL -- CLIENTS
local clients, number = 1, 0

function init(arguments)
    clients = tonumber(arguments[1])
end

function request()
    number = (number + 61441) % clients -- a prime: all of them have their turn, and none soon again
    local address = "10." .. math.floor(number / 65536) .. "." .. math.floor(number / 256) % 256 .. "." .. number % 256
    return "GET /item HTTP/1.1\r\nHost: shop.localhost\r\nX-Forwarded-For: " .. address .. "\r\n\r\n"
end

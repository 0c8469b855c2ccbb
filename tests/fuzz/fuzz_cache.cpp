// SPDX-License-Identifier: MIT
// The input is a request's head and, right behind it, the head of the response to it: what the cache makes of both.
#include "cache/cache_key.h"
#include "cache/cache_status.h"
#include "cache/conditional.h"
#include "cache/freshening.h"
#include "cache/invalidation.h"
#include "cache/multipart_layout.h"
#include "cache/reuse.h"
#include "cache/storing.h"
#include "cache/validation.h"
#include "cache/vary.h"
#include "fuzz/message_check.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <string>
#include <vector>

using namespace reverxy;
using namespace reverxy::cache;
using namespace reverxy::fuzz;

namespace {

constexpr std::string_view body = "0123456789abcdefghijklmnopqrstuvwxyz";
const WallTime noon{std::chrono::seconds(784123200)};

WallTime after(int seconds) {
    return noon + std::chrono::seconds(seconds);
}

void checkVary(const http::RequestHead& request, const http::ResponseHead& response) {
    std::string selecting;
    appendSelecting(readVary(response.fields), request, selecting);
    require(matchesSelecting(selecting, request), "a request matches itself");
}

void checkKey(const http::RequestHead& request) {
    const KeyParts parts{"http", request.authority, request.pathAndQuery, "default"};
    std::string key(keySize(parts), '\0');
    require(writeKey(parts, key.data()) == key.data() + key.size(), "a key has the size that was told");
    require(poolOf(key) == "default", "a key tells its pool");
    std::array<char, maxCacheStatusSize> status;
    const char* const end = writeCacheStatus(
        {CacheVerdict::Hit, StoreVerdict::None, INT64_MIN, 0, false, false, urlOf(key)}, status.data());
    require(end <= status.data() + status.size(), "Cache-Status fits");
}

void checkRanges(const http::RequestHead& request, const Validators& validators) {
    const RangeSelection selection = selectRanges(request.fields, validators, body.size(), after(1));
    for (const ByteRange& range : selection.parts())
        require(range.first <= range.last && range.last < body.size(), "a range lies within the body");
    if (selection.outcome != RangeOutcome::Parts)
        return;
    uint64_t size = 0;
    const MultipartLayout layout(selection.parts(), body.size(), "text/plain", std::array<uint8_t, 16>{});
    for (const MultipartLayout::Part& part : layout.parts()) {
        require(part.bodyFirst + part.bodySize <= body.size(), "a part lies within the body");
        size += part.text.size() + part.bodySize;
    }
    require(size == layout.size(), "parts have the size that was told");
}

StoredRef storedFrom(const http::ResponseHead& response, const CachingPolicy& policy, const StoredFacts& facts,
                     std::string_view selecting) {
    DateText date;
    http::FieldList fields;
    composeStoredFields(response.fields, policy, noon, date, fields);
    for (const http::Field& field : fields) {
        require(isStorable(field.id), "only what may be stored is");
        require(!policy.directives.withhold(field.name), "what is withheld is not stored");
    }
    auto stored = StoredResponse::make({"http://a/", selecting, fields, facts}, static_cast<uint32_t>(body.size()));
    std::memcpy(stored->inlineBody(), body.data(), body.size());
    stored->setInlineBody(static_cast<uint32_t>(body.size()));
    return stored;
}

void checkStored(const http::RequestHead& request, const http::ResponseHead& response, const RequestFacts& facts) {
    const config::Cache config;
    const CachingPolicy policy = readCachingPolicy(response.fields);
    const StoreDecision decision = decideStoring(facts, response, policy, {noon, after(1)}, config);
    if (!decision.stored())
        return;
    require(!policy.directives.isPrivate, "nothing private is stored");
    require(!policy.directives.noStore || policy.directives.mustUnderstand, "no-store is heeded");
    require(decision.facts.lifetime <= 24 * 3600, "no lifetime is longer than configured");

    std::string selecting;
    appendSelecting(readVary(response.fields), request, selecting);
    if (selecting.size() > StoredResponse::textLimit)
        return;
    const std::array<StoredRef, 1> variants{storedFrom(response, policy, decision.facts, selecting)};
    require(chooseVariant(variants, request, after(1)) == 0u, "what was stored is found");
    for (const Situation situation : {Situation::Normal, Situation::BackendFailed, Situation::Disconnected}) {
        const ReuseAnswer answer =
            decideReuse(decision.facts, false, reuseRequestOf(request), situation, after(9), config);
        const bool stale = answer.timeToLive <= 0;
        require(!answer.mayReuse() || !decision.facts.alwaysValidate, "no-cache is heeded");
        require(!answer.mayReuse() || !stale || !decision.facts.neverStale, "must-revalidate is heeded");
    }

    const Validators validators = readValidators(variants[0]->fields(), after(1));
    isNotModified(request.fields, decision.facts.status, validators, noon, after(1));
    checkRanges(request, validators);

    TextArena arena;
    http::FieldList conditions;
    const Nominated nominated = composeConditions(variants, variants[0].raw(), after(1), arena, conditions);
    const uint32_t freshened = freshenedBy(response.fields, variants, nominated, after(1));
    require((freshened & ~nominated.mask) == 0, "only what was asked about is freshened");
    judgeHead(200, response.fields, *variants[0], after(1));
    DateText date;
    http::FieldList fields;
    freshen(variants[0]->fields(), decision.facts.status, response, facts, {noon, after(1)}, config, date, fields);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    http::RequestParser requests;
    http::RequestHead request;
    if (requests.parse(input, limits, request) != http::ParseStatus::Done)
        return 0;
    http::ResponseParser responses;
    http::ResponseHead response;
    if (responses.parse(input.substr(requests.headSize()), limits, request.method, response) !=
        http::ParseStatus::Done)
        return 0;
    checkVary(request, response);
    checkKey(request);
    checkStored(request, response, requestFactsOf(request));
    for (const std::string& path :
         invalidatedPaths({"http", request.authority, request.pathAndQuery}, response.fields))
        require(path.size() <= 3 * input.size() + 2, "a path is no longer than what it was made from");
    return 0;
}

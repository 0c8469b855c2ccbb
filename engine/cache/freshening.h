// SPDX-License-Identifier: MIT
#pragma once

#include "cache/field_block.h"
#include "cache/storing.h"
#include "http/head.h"

// What becomes of a stored response when a 304, or the response to HEAD, tells that it still holds (RFC 9111
// sections 3.2, 4.3.4 and 4.3.5).

namespace reverxy::cache {

/// Whether a received field may take the place of a stored one (section 3.2): the stored body's length and place do
/// not change with it.
bool isUpdatable(http::FieldId id);

/// What becomes of the stored response.
enum class FreshenOutcome : uint8_t {
    Update, // it goes on under its new fields and facts
    Leave,  // it stays as it was: an answer to this request may not be stored
    Remove  // its new fields do not allow it to be kept
};

/// A stored response under its new fields, which may answer this request whatever the outcome.
struct Freshened {
    FreshenOutcome outcome = FreshenOutcome::Leave;
    StoreVerdict verdict = StoreVerdict::None; ///< Freshened, or why not
    StoredFacts facts;                         ///< only for Update
    /// Vary names other fields than before, so that the selecting text must be composed anew, of this request.
    bool varyChanged = false;
};

/// Puts the stored fields, updated by those of `received`, into `fields`: each name that came replaces all lines of
/// that name; what belongs to the connection or is withheld does neither. Views both and `date`, into which the
/// time of arrival is written where no Date came (RFC 9110 section 6.6.1). `status` is that of the stored response,
/// `request` the one that `received` answers, with GET for its method.
Freshened freshen(const FieldBlock& stored, uint16_t status, const http::ResponseHead& received,
                  const RequestFacts& request, const ExchangeTimes& times, const config::Cache& config,
                  DateText& date, http::FieldList& fields);

} // namespace reverxy::cache

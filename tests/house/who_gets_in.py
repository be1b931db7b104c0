"""Who gets in where: the policy, as a table. `test_routes.py` tries every line of it.

Each line is a method, an address, and what happens to everybody who tries it with Ana's own
things in the address (her entry, share, consent, device, group …):

    nobody  not signed in                       ben    a patient of the same group
    ana     the author                          dana   a patient of another group
    cleo    runs Ana's group                    kit    runs another group
    robin   ran Ana's group until a second ago  max    the administrator

    in      gets in: the page, or what was asked for is done
    door    is sent to the sign-in page; a post is refused there (401)
    no      404, exactly as if there were no such thing

The pages of entries are those of every kind that is registered (`_of_entries`). A route that isn't
here fails the tests. HEAD answers as GET does, but where it has a line.
"""

from webapp.writing.kind import KINDS, Kind

PEOPLE = ("nobody", "ana", "ben", "dana", "cleo", "kit", "robin", "max")
PATIENTS = ("ana", "ben", "dana")

TABLE = """
method address                                             nobody ana  ben  dana cleo kit  robin max

GET    /                                                   in     in   in   in   in   in   in    in
GET    /help-now                                           in     in   in   in   in   in   in    in
GET    /offline                                            in     in   in   in   in   in   in    in
GET    /quiet                                              in     in   in   in   in   in   in    in
GET    /manifest.webmanifest                               in     in   in   in   in   in   in    in
GET    /sw.js                                              in     in   in   in   in   in   in    in
GET    /blank/<kind>                                       in     in   in   in   in   in   in    in
GET    /healthz                                            in     in   in   in   in   in   in    in
GET    /healthz/seen                                       no     no   no   no   no   no   no    no
GET    /readyz                                             in     in   in   in   in   in   in    in
GET    /s/<_digest>/<path:path>                            in     in   in   in   in   in   in    in

GET    /sign-in                                            in     in   in   in   in   in   in    in
POST   /sign-in                                            in     in   in   in   in   in   in    in
GET    /sign-in/code                                       in     in   in   in   in   in   in    in
POST   /sign-in/code                                       in     in   in   in   in   in   in    in
GET    /sign-in/second-step                                in     in   in   in   in   in   in    in
POST   /sign-in/second-step                                in     in   in   in   in   in   in    in
POST   /sign-in/passkey                                    in     in   in   in   in   in   in    in
GET    /reset                                              in     in   in   in   in   in   in    in
POST   /reset                                              in     in   in   in   in   in   in    in
GET    /join                                               in     in   in   in   in   in   in    in
POST   /join                                               in     in   in   in   in   in   in    in
GET    /join/<code>                                        in     in   in   in   in   in   in    in
POST   /join/<code>                                        in     in   in   in   in   in   in    in
GET    /join/<code>/with-account                           door   in   in   in   in   in   in    no
POST   /join/<code>/with-account                           door   in   in   in   in   in   in    no
POST   /hide                                               in     in   in   in   in   in   in    in
GET    /lock                                               door   in   in   in   in   in   in    in
POST   /lock                                               door   in   in   in   in   in   in    in
POST   /lock/now                                           in     in   in   in   in   in   in    in
GET    /lock/here                                          door   in   in   in   in   in   in    in
GET    /you/lock                                           door   in   in   in   no   no   no    no
POST   /you/lock                                           door   in   in   in   no   no   no    no
POST   /you/lock/end                                       door   in   in   in   no   no   no    no
POST   /you/lock/no                                        door   in   in   in   no   no   no    no

GET    /unlock                                             door   in   in   in   in   in   in    in
POST   /unlock                                             door   in   in   in   in   in   in    in
POST   /unlock/passkey                                     door   in   in   in   in   in   in    in
POST   /sign-out                                           in     in   in   in   in   in   in    in
GET    /you                                                door   in   in   in   in   in   in    in
POST   /you                                                door   in   in   in   in   in   in    in
GET    /you/everything                                     door   in   in   in   no   no   no    no
POST   /you/everything                                     door   in   in   in   no   no   no    no
GET    /you/erase                                          door   in   in   in   no   no   no    no
POST   /you/erase                                          door   in   in   in   no   no   no    no
POST   /you/erase/cancel                                   door   in   in   in   no   no   no    no
GET    /you/password                                       door   in   in   in   in   in   in    in
POST   /you/password                                       door   in   in   in   in   in   in    in
GET    /you/second-step                                    door   no   no   no   in   in   in    in
POST   /you/second-step                                    door   no   no   no   in   in   in    in
POST   /you/second-step/recovery-codes                     door   no   no   no   in   in   in    in
POST   /you/passkeys                                       door   in   in   in   in   in   in    in
POST   /you/passkeys/<uuid:id>/end                         door   in   no   no   no   no   no    no
GET    /install                                            door   in   in   in   no   no   no    no
POST   /install                                            door   in   in   in   no   no   no    no
POST   /you/devices/seen                                   door   in   in   in   in   in   in    in
POST   /you/devices/end-others                             door   in   in   in   in   in   in    in
POST   /you/devices/<uuid:id>/end                          door   in   no   no   no   no   no    no

GET    /today                                              door   in   in   in   no   no   no    no
GET    /support                                            door   in   in   in   no   no   no    no
GET    /today/welcome                                      door   in   in   in   no   no   no    no
POST   /today/suggestions/<what>/dismissal                 door   in   in   in   no   no   no    no
GET    /check-ins/tapped                                   door   in   in   in   no   no   no    no
POST   /check-ins/tapped                                   door   in   in   in   no   no   no    no
GET    /journal/tapped                                     door   in   in   in   no   no   no    no
POST   /journal/tapped                                     door   in   in   in   no   no   no    no
GET    /journal/words                                      door   in   in   in   no   no   no    no
POST   /journal/words                                      door   in   in   in   no   no   no    no
GET    /journal/search                                     door   in   in   in   no   no   no    no
POST   /journal/search                                     door   in   in   in   no   no   no    no

GET    /check-ins/reminder                                 door   in   in   in   no   no   no    no
POST   /check-ins/reminder                                 door   in   in   in   no   no   no    no
POST   /check-ins/reminder/end                             door   in   in   in   no   no   no    no
GET    /check-ins/instruments/<uuid:id>                    door   in   in   in   no   no   no    no
POST   /check-ins/instruments/<uuid:id>                    door   in   in   in   no   no   no    no
GET    /check-ins/instruments/<uuid:id>/<int:number>       door   in   in   in   no   no   no    no
POST   /check-ins/instruments/<uuid:id>/<int:number>       door   in   in   in   no   no   no    no
GET    /check-ins/instruments/<uuid:id>/<int:number>/help  door   in   in   in   no   no   no    no
POST   /check-ins/instruments/<uuid:id>/end                door   in   in   in   no   no   no    no
POST   /check-ins/instruments/<uuid:id>/removal            door   in   in   in   no   no   no    no
GET    /check-ins/answers/<uuid:id>                        door   in   no   no   no   no   no    no
GET    /check-ins/answers/<uuid:id>/file                   door   in   no   no   no   no   no    no
HEAD   /check-ins/answers/<uuid:id>/file                   no     no   no   no   no   no   no    no
POST   /check-ins/answers/<uuid:id>/removal                door   in   no   no   no   no   no    no
POST   /check-ins/answers/<uuid:id>/restoration            door   in   no   no   no   no   no    no
GET    /clinic/check-ins                                   door   no   no   no   no   no   no    in
POST   /clinic/check-ins                                   door   no   no   no   no   no   no    in
GET    /clinic/questionnaires                              door   no   no   no   no   no   no    in
POST   /clinic/questionnaires                              door   no   no   no   no   no   no    in
GET    /clinic/questionnaires/<uuid:id>                    door   no   no   no   no   no   no    in
GET    /clinic/questionnaires/box/<name>                   door   no   no   no   no   no   no    in
POST   /clinic/questionnaires/box/<name>/use               door   no   no   no   no   no   no    in
POST   /clinic/questionnaires/<uuid:id>/use                door   no   no   no   no   no   no    in
POST   /clinic/questionnaires/<uuid:id>/end                door   no   no   no   no   no   no    in
POST   /clinic/questionnaires/<uuid:id>/removal            door   no   no   no   no   no   no    in

GET    /meetings/rhythm                                    door   in   in   in   no   no   no    no
POST   /meetings/rhythm                                    door   in   in   in   no   no   no    no
GET    /meetings/find                                      door   in   in   in   no   no   no    no
POST   /meetings/find                                      door   in   in   in   no   no   no    no
GET    /meetings/find/<uuid:id>                            door   in   in   in   no   no   no    no
GET    /meetings/find/<uuid:id>.ics                        door   in   in   in   no   no   no    no
POST   /meetings/find/<uuid:id>/favourite                  door   in   in   in   no   no   no    no
POST   /meetings/find/<uuid:id>/favourite/removal          door   in   in   in   no   no   no    no
POST   /meetings/find/<uuid:id>/home                       door   in   in   in   no   no   no    no
GET    /meetings/sheet                                     door   in   in   in   no   no   no    no
POST   /meetings/sheet                                     door   in   in   in   no   no   no    no
GET    /meetings/sheet/<uuid:id>                           door   in   no   no   no   no   no    no
GET    /meetings/<uuid:id>/initials                        door   in   no   no   no   no   no    no
POST   /meetings/<uuid:id>/initials                        door   in   no   no   no   no   no    no
POST   /meetings/sheet/<uuid:id>/stop                      door   in   no   no   no   no   no    no
GET    /check-sheet                                        in     in   in   in   in   in   in    in
POST   /check-sheet                                        in     in   in   in   in   in   in    in
GET    /journal/patterns                                   door   in   in   in   no   no   no    no

GET    /mindfulness                                        in     in   in   in   in   in   in    in
GET    /mindfulness/<slug>                                 in     in   in   in   in   in   in    in

GET    /medication/printed                                 door   in   in   in   no   no   no    no
POST   /medication/doses                                   door   in   no   no   no   no   no    no

GET    /plan                                               door   in   in   in   no   no   no    no
GET    /plan/<name>                                        door   in   in   in   no   no   no    no
GET    /plan/<name>/changes                                door   in   no   no   no   no   no    no
GET    /plan/<name>/<asked>                                door   in   in   in   no   no   no    no
POST   /plan/<name>/<asked>                                door   in   in   in   no   no   no    no
GET    /plan/<name>/<asked>/<uuid:id>                      door   in   no   no   no   no   no    no
POST   /plan/<name>/<asked>/<uuid:id>                      door   in   no   no   no   no   no    no
POST   /plan/<name>/<asked>/<uuid:id>/removal              door   in   no   no   no   no   no    no
GET    /plan/entries/<uuid:id>                             door   in   no   no   no   no   no    no
POST   /plan/entries/<uuid:id>/removal                     door   in   no   no   no   no   no    no
POST   /plan/entries/<uuid:id>/restoration                 door   in   no   no   no   no   no    no
GET    /plan/safety/kept                                   door   in   in   in   no   no   no    no
GET    /plan/safety/people                                 door   in   in   in   no   no   no    no
GET    /plan/story                                         door   in   in   in   no   no   no    no
GET    /plan/<name>/tell                                   door   in   no   no   no   no   no    no
POST   /plan/days                                          door   in   in   in   no   no   no    no
GET    /plan/days/<uuid:id>/return                         door   in   no   no   no   no   no    no
POST   /plan/days/<uuid:id>/return                         door   in   no   no   no   no   no    no
POST   /plan/days/<uuid:id>/returns/removal                door   in   no   no   no   no   no    no
POST   /plan/days/<uuid:id>/mark                           door   in   no   no   no   no   no    no
GET    /plan/coverage                                      door   in   in   in   no   no   no    no
POST   /plan/coverage                                      door   in   in   in   no   no   no    no
GET    /plan/family                                        door   in   in   in   no   no   no    no
GET    /for-family                                         in     in   in   in   in   in   in    in
POST   /sync                                               door   in   in   in   no   no   no    no
POST   /sync/drafts                                        door   in   in   in   no   no   no    no
GET    /sync/look                                          door   in   in   in   no   no   no    no
POST   /sync/look                                          door   in   no   no   no   no   no    no
POST   /sync/late-shares/<uuid:id>/end                     door   in   no   no   no   no   no    no

GET    /sharing                                            door   in   in   in   no   no   no    no
POST   /sharing/stop                                       door   in   in   in   no   no   no    no
GET    /entries/<uuid:id>/share                            door   in   no   no   no   no   no    no
POST   /entries/<uuid:id>/share                            door   in   no   no   no   no   no    no
GET    /entries/<uuid:id>/over-time                        door   in   no   no   no   no   no    no
POST   /entries/<uuid:id>/over-time                        door   in   no   no   no   no   no    no
GET    /sharing/bring                                      door   in   in   in   no   no   no    no
POST   /shares/<uuid:id>/became                            door   in   no   no   no   no   no    no
POST   /shares/<uuid:id>/not-this-time                     door   in   no   no   no   no   no    no
POST   /shares/<uuid:id>/end                               door   in   no   no   no   no   no    no
GET    /sharing/activity                                  door   in   in   in   no   no   no    no
GET    /sharing/again/<uuid:id>                            door   in   no   no   no   no   no    no
POST   /sharing/again/<uuid:id>                            door   in   no   no   no   no   no    no
POST   /today/removals/<uuid:id>/seen                      door   in   no   no   no   no   no    no
GET    /sharing/consents/<uuid:id>                         door   in   no   no   no   no   no    no
POST   /sharing/consents/<uuid:id>/revocation              door   in   no   no   no   no   no    no
GET    /sharing/outside/new                                door   in   in   in   no   no   no    no
POST   /sharing/outside/new                                door   in   in   in   no   no   no    no
GET    /sharing/outside/<uuid:id>                          door   in   no   no   no   no   no    no
GET    /week/follow-ups                                    door   in   in   in   no   no   no    no
POST   /week/appointments/<uuid:id>/took-place             door   in   no   no   no   no   no    no
GET    /aftercare                                          door   in   in   in   no   no   no    no
GET    /aftercare/call                                     door   no   no   no   no   no   no    no
POST   /aftercare/call                                     door   no   no   no   no   no   no    no
POST   /aftercare/call/end                                 door   in   in   in   no   no   no    no
GET    /clinic/calls                                       door   no   no   no   no   no   no    in
POST   /clinic/calls                                       door   no   no   no   no   no   no    in
POST   /clinic/calls/<uuid:id>/taking                      door   no   no   no   in   no   no    no
POST   /clinic/calls/<uuid:id>/closing                     door   no   no   no   in   no   no    no
GET    /aftercare/questions                                door   in   in   in   no   no   no    no
POST   /aftercare/questions                                door   in   in   in   no   no   no    no
GET    /sharing/permissions/new/<name>                     door   in   in   in   no   no   no    no
POST   /sharing/permissions/new/<name>                     door   in   in   in   no   no   no    no
GET    /sharing/permissions/<uuid:id>                      door   in   no   no   no   no   no    no
POST   /sharing/permissions/<uuid:id>/revocation           door   in   no   no   no   no   no    no
POST   /sharing/outside/<uuid:id>/revocation               door   in   no   no   no   no   no    no
GET    /privacy-rights                                     in     in   in   in   in   in   in    in
GET    /sharing/accounting                                 door   in   in   in   no   no   no    no
POST   /homework/<uuid:id>                                 door   in   no   no   no   no   no    no
POST   /feedback/<uuid:id>/seen                            door   in   no   no   no   no   no    no

GET    /reminders                                          door   in   in   in   no   no   no    no
POST   /reminders                                          door   in   in   in   no   no   no    no
GET    /reminders/phone                                    door   in   in   in   no   no   no    no
POST   /reminders/phone                                    door   in   in   in   no   no   no    no
POST   /reminders/phone/off                                door   in   in   in   no   no   no    no
POST   /reminders/resume                                   door   in   in   in   no   no   no    no
POST   /reminders/test                                     door   in   in   in   no   no   no    no
POST   /reminders/later                                    door   in   no   no   no   no   no    no
POST   /reminders/rules/<uuid:id>/off                      door   in   no   no   no   no   no    no

GET    /clinic                                             door   no   no   no   in   in   in    in
GET    /clinic/audit                                       door   no   no   no   no   no   no    in
GET    /clinic/health                                      door   no   no   no   no   no   no    in
POST   /clinic/health                                      door   no   no   no   no   no   no    in
GET    /clinic/reminders                                   door   no   no   no   no   no   no    in
GET    /clinic/staff                                       door   no   no   no   no   no   no    in
POST   /clinic/staff/restoration                           door   no   no   no   no   no   no    in
POST   /clinic/staff/<uuid:id>/second-step/end             door   no   no   no   no   no   no    in
GET    /clinic/staff/<uuid:id>/closing                     door   no   no   no   no   no   no    in
POST   /clinic/staff/<uuid:id>/closing                     door   no   no   no   no   no   no    in
GET    /clinic/groups/<uuid:id>                            door   no   no   no   in   no   no    in
GET    /clinic/sessions/<uuid:id>                          door   no   no   no   in   no   no    no
HEAD   /clinic/sessions/<uuid:id>                          no     no   no   no   no   no   no    no
GET    /clinic/sessions/<uuid:id>/news                     door   no   no   no   in   no   no    no
POST   /clinic/sessions/<uuid:id>/seen                     door   no   no   no   in   no   no    no
GET    /clinic/groups/<uuid:group_id>/people/<uuid:id>     door   no   no   no   in   no   no    no
HEAD   /clinic/groups/<uuid:group_id>/people/<uuid:id>     no     no   no   no   no   no   no    no
GET    /clinic/groups/<uuid:group_id>/people/<uuid:person_id>/entries/<uuid:id>/changes
                                                           door   no   no   no   in   no   no    no
HEAD   /clinic/groups/<uuid:group_id>/people/<uuid:person_id>/entries/<uuid:id>/changes
                                                           no     no   no   no   no   no   no    no
GET    /clinic/groups/<uuid:group_id>/people/<uuid:id>/consents
                                                           door   no   no   no   in   no   no    no
GET    /clinic/groups/<uuid:group_id>/people/<uuid:person_id>/consents/<uuid:id>
                                                           door   no   no   no   in   no   no    no
POST   /clinic/groups/<uuid:group_id>/people/<uuid:person_id>/consents/<uuid:id>
                                                           door   no   no   no   in   no   no    no
GET    /clinic/groups/<uuid:group_id>/people/<uuid:person_id>/disclosures/<uuid:id>
                                                           door   no   no   no   in   no   no    no
POST   /clinic/feedback                                    door   no   no   no   in   no   no    no
POST   /clinic/feedback/<uuid:id>                          door   no   no   no   in   no   no    no
POST   /clinic/feedback/<uuid:id>/delete                   door   no   no   no   in   no   no    no
GET    /clinic/groups/<uuid:id>/invitations                door   no   no   no   in   no   no    no
POST   /clinic/groups/<uuid:id>/invitations                door   no   no   no   in   no   no    no
POST   /clinic/groups/<uuid:group_id>/invitations/<uuid:id>/cancellation
                                                           door   no   no   no   in   no   no    no
POST   /clinic/groups/<uuid:group_id>/people/<uuid:id>/reset
                                                           door   no   no   no   in   no   no    no
GET    /clinic/groups/<uuid:group_id>/people/<uuid:id>/leaving
                                                           door   no   no   no   in   no   no    no
POST   /clinic/groups/<uuid:group_id>/people/<uuid:id>/return
                                                           door   no   no   no   in   no   no    no
POST   /clinic/groups/<uuid:group_id>/people/<uuid:id>/leaving
                                                           door   no   no   no   in   no   no    no
GET    /clinic/groups/<uuid:group_id>/people/<uuid:id>/discharge
                                                           door   no   no   no   in   no   no    no
POST   /clinic/groups/<uuid:group_id>/people/<uuid:id>/discharge/<chair>
                                                           door   no   no   no   in   no   no    no
GET    /clinic/groups/<uuid:group_id>/people/<uuid:id>/discharge/end
                                                           door   no   no   no   in   no   no    no
POST   /clinic/groups/<uuid:group_id>/people/<uuid:id>/discharge/end
                                                           door   no   no   no   in   no   no    no
HEAD   /clinic/groups/<uuid:group_id>/people/<uuid:id>/discharge
                                                           no     no   no   no   no   no   no    no
GET    /discharge/coverage                                 door   in   in   in   no   no   no    no
GET    /discharge/summary                                  door   in   in   in   no   no   no    no
POST   /discharge/summary                                  door   in   in   in   no   no   no    no
GET    /discharge/readiness                                door   in   in   in   no   no   no    no
POST   /discharge/readiness/proposed                       door   in   in   in   no   no   no    no
POST   /discharge/readiness/shown/<uuid:id>                door   in   no   no   no   no   no    no
GET    /discharge                                          door   in   in   in   no   no   no    no
GET    /discharge/<uuid:id>/position                       door   in   no   no   no   no   no    no
POST   /discharge/<uuid:id>/position                       door   in   no   no   no   no   no    no
POST   /discharge/<uuid:id>/seen                           door   in   no   no   no   no   no    no
GET    /clinic/groups/new                                  door   no   no   no   no   no   no    in
POST   /clinic/groups/new                                  door   no   no   no   no   no   no    in
GET    /clinic/groups/<uuid:id>/people/add                 door   no   no   no   in   no   no    no
POST   /clinic/groups/<uuid:id>/people/add                 door   no   no   no   in   no   no    no
POST   /today/groups/<uuid:id>/yes                         door   in   no   no   no   no   no    no
POST   /today/groups/<uuid:id>/seen                        door   in   no   no   no   no   no    no
POST   /today/groups/<uuid:id>/leaving                     door   in   no   no   no   no   no    no
GET    /clinic/groups/individual                           door   no   no   no   in   in   in    no
POST   /clinic/groups/individual                           door   no   no   no   in   in   in    no
GET    /clinic/groups/<uuid:id>/colleague                  door   no   no   no   in   no   no    no
POST   /clinic/groups/<uuid:id>/colleague                  door   no   no   no   in   no   no    no
POST   /clinic/groups/<uuid:group_id>/stand-ins/<uuid:id>/end
                                                           door   no   no   no   in   no   no    in
POST   /clinic/groups/<uuid:id>/facilitators               door   no   no   no   no   no   no    in
POST   /clinic/groups/<uuid:id>/facilitator-invitations    door   no   no   no   no   no   no    in
POST   /clinic/staff/invitations                           door   no   no   no   no   no   no    in
GET    /clinic/staff/<uuid:id>/groups                      door   no   no   no   no   no   no    in
POST   /clinic/staff/<uuid:id>/groups                      door   no   no   no   no   no   no    in
GET    /clinic/access                                      door   no   no   no   no   no   no    in
POST   /clinic/access/reviewed                             door   no   no   no   no   no   no    in
POST   /clinic/groups/<uuid:id>/supervisors                door   no   no   no   no   no   no    in
POST   /clinic/groups/<uuid:group_id>/supervisors/<uuid:id>/end
                                                           door   no   no   no   no   no   no    in
POST   /sharing/supervisors/<uuid:id>                      door   in   in   no   no   no   no    no

GET    /week                                               door   in   in   in   no   no   no    no
GET    /week/attendance                                    door   in   in   in   no   no   no    no
GET    /week/calendar                                      door   in   in   in   no   no   no    no
POST   /week/calendar                                      door   in   in   in   no   no   no    no
POST   /week/calendar/reminder                             door   in   in   in   no   no   no    no
POST   /week/calendar/end                                  door   in   in   in   no   no   no    no
GET    /week/sessions/<uuid:id>                            door   in   in   no   no   no   no    no
POST   /week/sessions/<uuid:id>                            door   in   in   no   no   no   no    no
POST   /week/sessions/<uuid:id>/on-my-way                  door   in   in   no   no   no   no    no
POST   /week/sessions/<uuid:id>/coming                     door   in   in   no   no   no   no    no
GET    /week/sessions/<uuid:id>.ics                        door   in   in   no   no   no   no    no
GET    /calendar/<token>.ics                               in     in   in   in   in   in   in    in
GET    /what-to-expect                                     door   in   in   in   in   in   in    in

GET    /clinic/groups/<uuid:id>/sessions                   door   no   no   no   in   no   no    in
GET    /clinic/groups/<uuid:id>/sessions/new               door   no   no   no   in   no   no    in
POST   /clinic/groups/<uuid:id>/sessions/new               door   no   no   no   in   no   no    in
GET    /clinic/groups/<uuid:id>/topics                     door   no   no   no   in   no   no    in
POST   /clinic/groups/<uuid:id>/topics                     door   no   no   no   in   no   no    in
GET    /clinic/groups/<uuid:id>/details                    door   no   no   no   in   no   no    in
POST   /clinic/groups/<uuid:id>/details                    door   no   no   no   in   no   no    in
GET    /clinic/groups/<uuid:id>/times/new                  door   no   no   no   no   no   no    in
POST   /clinic/groups/<uuid:id>/times/new                  door   no   no   no   no   no   no    in
GET    /clinic/groups/<uuid:id>/times/<uuid:pattern_id>    door   no   no   no   no   no   no    in
POST   /clinic/groups/<uuid:id>/times/<uuid:pattern_id>    door   no   no   no   no   no   no    in
POST   /clinic/groups/<uuid:id>/times/<uuid:pattern_id>/end
                                                           door   no   no   no   no   no   no    in
GET    /clinic/sessions/<uuid:id>/details                  door   no   no   no   in   no   no    in
POST   /clinic/sessions/<uuid:id>/details                  door   no   no   no   in   no   no    in
POST   /clinic/sessions/<uuid:id>/move                     door   no   no   no   in   no   no    in
POST   /clinic/sessions/<uuid:id>/cancellation             door   no   no   no   in   no   no    in
GET    /clinic/sessions/<uuid:id>/not-reached              door   no   no   no   in   no   no    no
POST   /clinic/sessions/<uuid:id>/restoration              door   no   no   no   in   no   no    in
GET    /clinic/meeting-lists                              door   no   no   no   no   no   no    in
POST   /clinic/meeting-lists                              door   no   no   no   no   no   no    in
GET    /clinic/meeting-lists/previews/<uuid:id>           door   no   no   no   no   no   no    in
POST   /clinic/meeting-lists/previews/<uuid:id>           door   no   no   no   no   no   no    in
POST   /clinic/meeting-lists/previews/<uuid:id>/removal   door   no   no   no   no   no   no    in
GET    /clinic/meeting-lists/<uuid:id>/replacement        door   no   no   no   no   no   no    in
POST   /clinic/meeting-lists/<uuid:id>/replacement        door   no   no   no   no   no   no    in
POST   /clinic/meeting-lists/<uuid:id>/refresh            door   no   no   no   no   no   no    in
POST   /clinic/meeting-lists/<uuid:id>/removal            door   no   no   no   no   no   no    in
GET    /clinic/holidays                                    door   no   no   no   no   no   no    in
POST   /clinic/holidays                                    door   no   no   no   no   no   no    in
POST   /clinic/holidays/<uuid:id>/removal                  door   no   no   no   no   no   no    in
POST   /clinic/holidays/federal                            door   no   no   no   no   no   no    in
POST   /clinic/groups/<uuid:id>/archive                    door   no   no   no   no   no   no    in
POST   /clinic/groups/<uuid:id>/reopening                  door   no   no   no   no   no   no    in
GET    /clinic/holds                                       door   no   no   no   no   no   no    in
POST   /clinic/holds                                       door   no   no   no   no   no   no    in
POST   /clinic/holds/<uuid:id>/end                         door   no   no   no   no   no   no    in
GET    /clinic/help                                        door   no   no   no   in   in   in    in
GET    /clinic/settings                                    door   no   no   no   no   no   no    in
POST   /clinic/settings                                    door   no   no   no   no   no   no    in
POST   /clinic/steps/<step>                                door   no   no   no   no   no   no    in
POST   /clinic/settings/second-step                        door   no   no   no   no   no   no    no
GET    /clinic/what-to-expect                              door   no   no   no   no   no   no    in
POST   /clinic/what-to-expect                              door   no   no   no   no   no   no    in

GET    /clinic/sessions/<uuid:id>/homework                 door   no   no   no   in   no   no    no
POST   /clinic/sessions/<uuid:id>/homework                 door   no   no   no   in   no   no    no
POST   /clinic/sessions/<uuid:id>/homework/<uuid:given_id>/end door no  no   no   in   no   no    no
GET    /clinic/sessions/<uuid:id>/agenda                   door   no   no   no   in   no   no    no
HEAD   /clinic/sessions/<uuid:id>/agenda                   no     no   no   no   no   no   no    no
GET    /clinic/sessions/<uuid:id>/chart                    door   no   no   no   in   no   no    no
HEAD   /clinic/sessions/<uuid:id>/chart                    no     no   no   no   no   no   no    no
POST   /clinic/sessions/<uuid:id>/chart                    door   no   no   no   in   no   no    no
POST   /clinic/sessions/<uuid:id>/agenda                   door   no   no   no   in   no   no    no
POST   /clinic/sessions/<uuid:id>/agenda/<uuid:topic_id>   door   no   no   no   in   no   no    no
GET    /rating                                             door   in   in   in   no   no   no    no
POST   /rating                                             door   in   in   in   no   no   no    no
GET    /clinic/groups/<uuid:id>/ratings                    door   no   no   no   in   no   no    no
GET    /clinic/numbers                                     door   no   no   no   no   no   no    in
GET    /clinic/numbers.csv                                 door   no   no   no   no   no   no    in
GET    /clinic/sessions/<uuid:id>/attendance               door   no   no   no   in   no   no    no
POST   /clinic/sessions/<uuid:id>/attendance               door   no   no   no   in   no   no    no
GET    /clinic/groups/<uuid:id>/attendance                 door   no   no   no   in   no   no    no
GET    /clinic/groups/<uuid:id>/attendance.csv             door   no   no   no   in   no   no    no
HEAD   /clinic/groups/<uuid:id>/attendance.csv             no     no   no   no   no   no   no    no
GET    /clinic/groups/<uuid:group_id>/people/<uuid:id>/plan
                                                           door   no   no   no   in   no   no    no
POST   /clinic/groups/<uuid:group_id>/people/<uuid:id>/days
                                                           door   no   no   no   in   no   no    no
POST   /clinic/groups/<uuid:group_id>/people/<uuid:id>/authorization
                                                           door   no   no   no   in   no   no    no
POST   /clinic/groups/<uuid:group_id>/people/<uuid:id>/label
                                                           door   no   no   no   in   no   no    no
POST   /clinic/groups/<uuid:group_id>/people/<uuid:id>/step
                                                           door   no   no   no   in   no   no    no

GET    /week/dates/<uuid:id>                               door   in   in   no   no   no   no    no
POST   /week/dates/<uuid:id>                               door   in   in   no   no   no   no    no
POST   /week/dates/<uuid:id>/coming                        door   in   in   no   no   no   no    no
GET    /week/dates/<uuid:id>.ics                           door   in   in   no   no   no   no    no
GET    /clinic/groups/<uuid:id>/dates                      door   no   no   no   in   no   no    in
GET    /clinic/groups/<uuid:id>/dates/new                  door   no   no   no   in   no   no    in
POST   /clinic/groups/<uuid:id>/dates/new                  door   no   no   no   in   no   no    in
GET    /clinic/sessions/<uuid:id>/date                     door   no   no   no   in   no   no    in
POST   /clinic/sessions/<uuid:id>/date                     door   no   no   no   in   no   no    in
POST   /clinic/groups/<uuid:group_id>/people/<uuid:id>/cover
                                                           door   no   no   no   in   no   no    no
"""


def policy() -> dict[tuple[str, str], dict[str, str]]:
    """The table, read: {("GET", "/today"): {"nobody": "door", "ana": "in", …}}."""
    words = TABLE.split()
    width = 2 + len(PEOPLE)
    assert tuple(words[2:width]) == PEOPLE
    lines = [words[at : at + width] for at in range(width, len(words), width)]
    read = {(line[0], line[1]): dict(zip(PEOPLE, line[2:], strict=True)) for line in lines}
    assert len(read) == len(lines), "an address stands in the table twice"
    for kind in KINDS.values():
        read |= _of_entries(kind)
    for (method, address), who in list(read.items()):
        if method == "GET":
            read.setdefault(("HEAD", address), who)
    return read


def _of_entries(kind: Kind) -> dict[tuple[str, str], dict[str, str]]:
    """Every patient has a list of a kind and may begin one; what is there is its author's alone."""
    page = f"{kind.at}/<uuid:id>"
    ways = {(method, kind.new): PATIENTS for method in ("GET", "POST") if kind.new}
    ways |= {} if kind.among else {("GET", kind.listed or kind.at): PATIENTS}
    ways |= {("GET", page): ("ana",)}
    ways |= {(method, page + kind.edit): ("ana",) for method in ("GET", "POST")}
    ways |= {("POST", page + act): ("ana",) for act in ("/removal", "/restoration")}
    return {
        way: {who: "door" if who == "nobody" else "in" if who in lets else "no" for who in PEOPLE}
        for way, lets in ways.items()
    }

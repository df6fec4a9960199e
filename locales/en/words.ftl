# The closed vocabularies. A key is its family and its word.

category-info = Information
category-potential_theft = Potential theft
category-in_progress = Happening now

kind-shop_theft = Shop theft
kind-attempted_theft = Attempted theft
kind-deterred = Deterred
kind-robbery = Robbery
kind-burglary = Burglary
kind-violence = Violence
kind-threat = Threat
kind-verbal_abuse = Verbal abuse
kind-criminal_damage = Criminal damage
kind-refund_fraud = Refund fraud
kind-payment_fraud = Payment fraud
kind-label_tampering = Label tampering
kind-antisocial_behaviour = Antisocial behaviour
kind-breach_of_exclusion = Breach of an exclusion
kind-suspicious_activity = Suspicious activity
kind-other = Something else

method-concealment = Concealment
method-walk_out = Walk-out
method-grab_and_run = Grab and run
method-push_out_trolley = Trolley push-out
method-self_checkout_skip = Skipped at self-checkout
method-label_swap = Label swap
method-tag_removal = Tag removal
method-distraction = Distraction
method-refund = Refund
method-delivery_interference = Interference with a delivery
method-till_snatch = Till snatch
method-other = Another way

zone-entrance = Entrance
zone-aisle = Aisle
zone-till = Till
zone-self_checkout = Self-checkout
zone-stockroom = Stockroom
zone-car_park = Car park
zone-delivery = Delivery
zone-other = Elsewhere

weapon-none = None
weapon-seen = Seen
weapon-threatened = Threatened with
weapon-used = Used

injury-none = None
injury-first_aid = First aid
injury-hospital = Hospital
injury-unknown = Not known

staff_safe-yes = Yes
staff_safe-no = No
staff_safe-unknown = Not known

still_present-yes = Yes
still_present-left = Left
still_present-detained = Detained
still_present-unknown = Not known

persons-1 = One
persons-2 = Two
persons-3 = Three
persons-4-plus = Four or more
persons-unknown = Not known

cctv-captured = On camera
cctv-none = Not on camera
cctv-unknown = Not known

fate-taken = taken
fate-attempted = attempted
fate-recovered = recovered
fate-damaged = damaged

reason-false_positive = It did not happen
reason-benign = It was harmless
reason-insufficient = Too little to go on
reason-out_of_scope = Not for this system
reason-test = A test

outcome-loss = Loss
outcome-recovered = Goods recovered
outcome-deterred = Deterred
outcome-police = With the police
outcome-no_action = No further action

role-staff = staff
role-reviewer = manager
role-publisher = publisher
role-escalator = escalator
role-liaison = police liaison
role-admin = administrator
role-auditor = auditor

state-new = New
state-claimed = Claimed
state-confirmed = Confirmed
state-resolved = Resolved
state-declined = Declined
state-merged = Merged
state-withdrawn = Withdrawn

platform-console = in the console
platform-slack = on Slack
platform-discord = on Discord
platform-api = by a program
platform-system = by the clock

field-site = Site
field-category = How urgent is it?
field-what_happened = What happened
field-kind = Kind
field-method = Method
field-zone = Zone
field-when = When
field-happened = When did it happen?
field-goods = Goods with value
field-net_loss = Net loss
field-staff_safe = Staff safe
field-still_present = Still there
field-weapon = Weapon
field-injury = Injury
field-persons = People involved
field-cctv = Camera
field-goods_what = Goods
field-goods_quantity = How many
field-goods_price = Price of one
field-goods_fate = What became of them
field-text = Your text
field-reason = Reason
field-into = Reference of the other incident
field-outcome = Outcome
field-loss = Loss
field-camera = Which camera
field-precision = How exactly is the time known?
field-photos = Photos

left_out-what_happened = What happened, in people's own words
left_out-exact_time = The exact time
left_out-site = The name of the site
left_out-zone = The zone in the shop
left_out-goods = The goods and their value
left_out-persons = How many people were involved
left_out-reporter = Who reported it

pane-staff = staff
pane-reviewer = manager
pane-neighbour = opted in to alerts
